//! Snapshots that adapters have asked for, in a replay that cannot ask anybody.

use std::collections::BTreeMap;

use patchbay_abi::PURPOSE_SNAPSHOT;
use patchbay_plugin::Http;

/// Recorded answers without a URL that may wait for a question.
const ANSWERS_MAX: usize = 64;

/// Questions and answers that wait for each other.
///
/// A recording may hold a snapshot without saying of what (hftbacktest's files do). It belongs to
/// the book whose changes are in the same file, that is on the same connection.
#[derive(Default)]
pub(crate) struct Outstanding {
    /// By scope: the connection whose changes showed the need, and the request's id.
    questions: BTreeMap<(u32, u32), (u32, u64)>,
    /// The connection on which each scope's changes come.
    conns: BTreeMap<(u32, u32), u32>,
    answers: Vec<(u32, Vec<u8>)>,
}

impl Outstanding {
    /// A scope needs a snapshot, as shown by a message on `conn`.
    pub(crate) fn need(&mut self, scope: (u32, u32), conn: u32) {
        if conn != 0 {
            self.conns.insert(scope, conn);
        }
    }

    /// An adapter made a request; the answer, if one has been waiting for it.
    pub(crate) fn ask(&mut self, request: &Http) -> Option<(u64, Vec<u8>)> {
        if request.purpose != PURPOSE_SNAPSHOT {
            return None;
        }
        let conn = *self.conns.get(&request.scope)?;
        if let Some(at) = self.answers.iter().position(|(from, _)| *from == conn) {
            return Some((request.id, self.answers.remove(at).1));
        }
        self.questions.insert(request.scope, (conn, request.id));
        None
    }

    /// An answer without a URL came on `conn`: the id of the request that it answers. Kept for a
    /// request to come if there is none.
    pub(crate) fn answer(&mut self, conn: u32, body: &[u8]) -> Option<u64> {
        let asked = self.questions.iter().find(|(_, (from, _))| *from == conn);
        if let Some((&scope, &(_, id))) = asked {
            self.questions.remove(&scope);
            return Some(id);
        }
        if self.answers.len() == ANSWERS_MAX {
            self.answers.remove(0);
        }
        self.answers.push((conn, body.to_vec()));
        None
    }
}
