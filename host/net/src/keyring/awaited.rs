//! Tokens that answers on a connection will show.

use patchbay_plugin::Token;

use super::{Keyring, token};
use crate::batch::Batch;

/// Most fields that a connection looks for at once.
const FIELDS_MAX: usize = 16;

/// Fields that one connection looks for in what comes.
#[derive(Default)]
pub(crate) struct Awaited {
    tokens: Vec<Token>,
}

impl Awaited {
    /// Looks for `tokens`, too.
    ///
    /// # Errors
    /// Why the frame whose answer shows them must not be sent.
    pub(crate) fn expect(&mut self, tokens: &[Token]) -> Result<(), &'static str> {
        for token in tokens {
            if self.tokens.contains(token) {
                continue;
            }
            if self.tokens.len() == FIELDS_MAX {
                return Err("its answer would have more than 16 fields to keep");
            }
            self.tokens.push(token.clone());
        }
        Ok(())
    }

    /// Takes the values out of the first frame that has one of the fields.
    pub(crate) fn take(&mut self, batch: &mut Batch, keyring: &Keyring) {
        if self.tokens.is_empty() {
            return;
        }
        let fields: Vec<&str> = self.tokens.iter().map(|token| &*token.field).collect();
        let found = batch.frames().enumerate().find_map(|(number, (_, data))| {
            let spans = token::find_all(data, &fields);
            (!spans.is_empty()).then_some((number, spans))
        });
        let Some((number, spans)) = found else { return };
        let Some(data) = batch.frame_mut(number) else { return };
        for (field, span) in spans {
            let value = token::blank(data, span);
            if let (name, Some(value)) = (&self.tokens[field].name, value)
                && !name.is_empty()
            {
                keyring.keep(name, value);
            }
        }
        self.tokens.clear();
    }
}
