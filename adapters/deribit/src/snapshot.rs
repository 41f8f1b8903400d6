//! Books by REST: none is asked for, since streams begin with one.

use patchbay_feed::prelude::*;

use crate::Market;

impl Books for Market {}
