//! Importers of recorded market data.
