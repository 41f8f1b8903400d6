//! What each key does to the view.

use patchbay_control::MessageKind;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::view::{Pane, Reel, View};

/// Letters of a filter.
const MAX_FILTER: usize = 40;

/// Rows of a page.
const PAGE: usize = 10;

/// What the screen is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Go on.
    Stay,
    /// Leave the terminal; the host goes on.
    Leave,
}

/// Keys and what they do, for the help.
pub(crate) const KEYS: [(&str, &str); 12] = [
    ("1 to 7, Tab", "another pane"),
    ("j k, arrows", "next and previous row"),
    ("PgUp PgDn", "ten rows at once"),
    ("g G, Home End", "first and last row"),
    ("Enter", "the depth of the selected book; then its tape"),
    ("[ ]", "the book before and the next one, on any pane"),
    ("t", "tape: only trades, depth, quotes or states"),
    ("s r", "order by the next column; the other way round"),
    ("/", "show only rows that hold a text; Esc shows all"),
    ("p", "let what is shown stand still"),
    ("?", "these keys"),
    ("q, Ctrl-C", "leave; the host goes on"),
];

/// The pane whose rows a key is about.
pub(crate) const fn list_of(pane: Pane, code: KeyCode) -> Pane {
    match code {
        KeyCode::Char('[' | ']') => Pane::Books,
        _ => pane,
    }
}

/// Changes `view` by one key. `ids` names the rows of its pane in the order shown; for `[` and `]`
/// the books.
pub fn apply(view: &mut View, key: KeyEvent, ids: &[String]) -> Action {
    if key.kind == KeyEventKind::Release {
        return Action::Stay;
    }
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        let leaves = matches!(key.code, KeyCode::Char('c' | 'd'));
        return if leaves { Action::Leave } else { Action::Stay };
    }
    if view.typing {
        typed(view, key.code);
        return Action::Stay;
    }
    if view.help {
        return in_help(view, key.code);
    }
    pressed(view, key.code, ids)
}

fn typed(view: &mut View, code: KeyCode) {
    match code {
        KeyCode::Char(letter) if view.filter.chars().count() < MAX_FILTER => {
            view.filter.push(letter);
        }
        KeyCode::Backspace => {
            view.filter.pop();
        }
        KeyCode::Enter => view.typing = false,
        KeyCode::Esc => {
            view.filter.clear();
            view.typing = false;
        }
        _ => {}
    }
}

fn in_help(view: &mut View, code: KeyCode) -> Action {
    match code {
        KeyCode::Char('q') => return Action::Leave,
        KeyCode::Char('?') | KeyCode::Esc | KeyCode::Enter => view.help = false,
        _ => {}
    }
    Action::Stay
}

fn pressed(view: &mut View, code: KeyCode, ids: &[String]) -> Action {
    match code {
        KeyCode::Char('q') => return Action::Leave,
        KeyCode::Char('?') => view.help = true,
        KeyCode::Char('/') => view.typing = true,
        KeyCode::Char('p') => view.paused = !view.paused,
        KeyCode::Esc => view.filter.clear(),
        KeyCode::Char(digit @ '1'..='7') => view.pane = Pane::ALL[digit as usize - '1' as usize],
        KeyCode::Tab | KeyCode::Right => view.pane = view.pane.step(1),
        KeyCode::BackTab | KeyCode::Left => view.pane = view.pane.step(Pane::ALL.len() - 1),
        KeyCode::Enter if view.pane == Pane::Overview => view.pane = Pane::Books,
        KeyCode::Enter if view.pane == Pane::Books => view.pane = Pane::Tape,
        KeyCode::Char('[') => next_book(view, ids, false),
        KeyCode::Char(']') => next_book(view, ids, true),
        KeyCode::Char('t') if view.pane == Pane::Tape => next_kind(&mut view.tape),
        KeyCode::Char('s') => next_sort(view),
        KeyCode::Char('r') if view.pane != Pane::Tape => view.rows_mut().reversed ^= true,
        code => move_by(view, code, ids),
    }
    Action::Stay
}

fn next_sort(view: &mut View) {
    let count = view.pane.sorts().len();
    if count > 0 {
        let rows = view.rows_mut();
        rows.sort = (rows.sort + 1) % count;
    }
}

/// Another book, and its newest messages.
fn next_book(view: &mut View, ids: &[String], ahead: bool) {
    let Some(last) = ids.len().checked_sub(1) else { return };
    let at = view.books.position(ids, false);
    let to = if ahead { (at + 1).min(last) } else { at.saturating_sub(1) };
    (view.books.at, view.books.selected) = (to, Some(ids[to].clone()));
    view.tape.at = None;
}

/// Kinds that are worth a tape of their own, around.
fn next_kind(tape: &mut Reel) {
    tape.only = match tape.only {
        None => Some(MessageKind::Trade),
        Some(MessageKind::Trade) => Some(MessageKind::Depth),
        Some(MessageKind::Depth) => Some(MessageKind::Quote),
        Some(MessageKind::Quote) => Some(MessageKind::State),
        Some(_) => None,
    };
}

fn move_by(view: &mut View, code: KeyCode, ids: &[String]) {
    let Some(last) = ids.len().checked_sub(1) else { return };
    if view.pane == Pane::Tape {
        return wind(&mut view.tape, code, ids);
    }
    let log = view.pane == Pane::Log;
    let rows = view.rows_mut();
    let at = rows.position(ids, log);
    let Some(to) = target(code, at, last) else { return };
    rows.at = to;
    // The end of the log moves on, and who stands there moves with it.
    rows.selected = if log && to == last { None } else { Some(ids[to].clone()) };
}

/// Of a tape only what is around the selected message is there: its beginning is asked for, and
/// whoever comes to its end moves with it.
fn wind(tape: &mut Reel, code: KeyCode, ids: &[String]) {
    let last = ids.len() - 1;
    let Some(to) = target(code, tape.position(ids), last) else { return };
    tape.at = match code {
        KeyCode::Char('g') | KeyCode::Home => Some(1),
        _ if to == last => None,
        _ => ids[to].parse().ok(),
    };
}

/// The row that a key leads to from row `at`, if it leads anywhere.
fn target(code: KeyCode, at: usize, last: usize) -> Option<usize> {
    let to = match code {
        KeyCode::Char('j') | KeyCode::Down => at + 1,
        KeyCode::Char('k') | KeyCode::Up => at.saturating_sub(1),
        KeyCode::PageDown | KeyCode::Char(' ') => at + PAGE,
        KeyCode::PageUp => at.saturating_sub(PAGE),
        KeyCode::Char('g') | KeyCode::Home => 0,
        KeyCode::Char('G') | KeyCode::End => last,
        _ => return None,
    };
    Some(to.min(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn press(view: &mut View, codes: &[KeyCode], ids: &[String]) {
        for code in codes {
            assert_eq!(apply(view, KeyEvent::from(*code), ids), Action::Stay, "{code:?}");
        }
    }

    #[test]
    fn panes_have_numbers_and_a_circle() {
        let mut view = View::default();
        press(&mut view, &[KeyCode::Char('4')], &[]);
        assert_eq!(view.pane, Pane::Connections);
        press(&mut view, &[KeyCode::Tab; 4], &[]);
        assert_eq!(view.pane, Pane::Overview);
        press(&mut view, &[KeyCode::BackTab], &[]);
        assert_eq!(view.pane, Pane::Log);
        press(&mut view, &[KeyCode::Char('1'), KeyCode::Enter], &[]);
        assert_eq!(view.pane, Pane::Books);
        press(&mut view, &[KeyCode::Enter], &[]);
        assert_eq!(view.pane, Pane::Tape);
    }

    #[test]
    fn the_selected_row_is_kept_when_the_order_changes() {
        let mut view = View { pane: Pane::Books, ..View::default() };
        let before = ids(&["a", "b", "c"]);
        press(&mut view, &[KeyCode::Down], &before);
        assert_eq!(view.books.selected.as_deref(), Some("b"));
        let after = ids(&["c", "b", "x", "a"]);
        press(&mut view, &[KeyCode::Char('j')], &after);
        assert_eq!(view.books.selected.as_deref(), Some("x"));
        // Gone: where it was is the nearest there is.
        press(&mut view, &[KeyCode::Char('k')], &ids(&["c", "b", "a"]));
        assert_eq!(view.books.selected.as_deref(), Some("b"));
        press(&mut view, &[KeyCode::End, KeyCode::PageDown], &after);
        assert_eq!(view.books.selected.as_deref(), Some("a"));
        press(&mut view, &[KeyCode::Home, KeyCode::PageUp], &after);
        assert_eq!(view.books.selected.as_deref(), Some("c"));
    }

    #[test]
    fn the_log_follows_its_end_until_somebody_looks_back() {
        let mut view = View { pane: Pane::Log, ..View::default() };
        let lines = ids(&["1", "2", "3"]);
        assert_eq!(view.log.position(&lines, true), 2);
        press(&mut view, &[KeyCode::Up], &lines);
        assert_eq!(view.log.selected.as_deref(), Some("2"));
        press(&mut view, &[KeyCode::Char('G')], &lines);
        assert_eq!(view.log.selected, None);
    }

    #[test]
    fn a_tape_runs_until_somebody_looks_back_and_runs_again_at_its_end() {
        let mut view = View { pane: Pane::Tape, ..View::default() };
        let numbers = ids(&["7", "8", "12"]);
        press(&mut view, &[KeyCode::Up], &numbers);
        assert_eq!(view.tape.at, Some(8));
        press(&mut view, &[KeyCode::Up, KeyCode::Up], &numbers);
        assert_eq!(view.tape.at, Some(7));
        // Overwritten: the next one that is held.
        assert_eq!(view.tape.position(&ids(&["9", "12"])), 0);
        press(&mut view, &[KeyCode::Home], &numbers);
        assert_eq!(view.tape.at, Some(1));
        press(&mut view, &[KeyCode::PageDown], &numbers);
        assert_eq!(view.tape.at, None);
        press(&mut view, &[KeyCode::Char('t'), KeyCode::Up, KeyCode::Char(']')], &ids(&["a", "b"]));
        assert_eq!(view.tape, Reel { at: None, only: Some(MessageKind::Trade) });
        assert_eq!(view.books.selected.as_deref(), Some("b"));
        press(&mut view, &[KeyCode::Char('t'); 4], &[]);
        assert_eq!(view.tape.only, None);
        assert_eq!(list_of(Pane::Tape, KeyCode::Char('[')), Pane::Books);
    }

    #[test]
    fn a_filter_takes_letters_that_are_keys_elsewhere() {
        let mut view = View::default();
        let slash = KeyCode::Char('/');
        press(&mut view, &[slash, KeyCode::Char('q'), KeyCode::Char('?'), KeyCode::Enter], &[]);
        assert_eq!((view.filter.as_str(), view.typing, view.help), ("q?", false, false));
        assert!(view.passes(|| "xQ?".to_owned()) && !view.passes(|| "q".to_owned()));
        press(&mut view, &[slash, KeyCode::Backspace], &[]);
        assert_eq!(view.filter, "q");
        press(&mut view, &[KeyCode::Esc], &[]);
        assert_eq!((view.filter.as_str(), view.typing), ("", false));
        press(&mut view, &[slash], &[]);
        press(&mut view, &[KeyCode::Char('x'); 100], &[]);
        assert_eq!(view.filter.len(), MAX_FILTER);
    }

    #[test]
    fn every_way_out_leads_out() {
        let control = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        let quit = KeyEvent::from(KeyCode::Char('q'));
        let help = View { help: true, ..View::default() };
        let typing = View { typing: true, ..View::default() };
        assert_eq!(apply(&mut View::default(), quit, &[]), Action::Leave);
        assert_eq!(apply(&mut help.clone(), quit, &[]), Action::Leave);
        for mut view in [View::default(), help, typing] {
            assert_eq!(apply(&mut view, control, &[]), Action::Leave);
        }
    }

    #[test]
    fn orders_go_round_where_there_are_some() {
        let mut view = View { pane: Pane::Connections, ..View::default() };
        press(&mut view, &[KeyCode::Char('s'); 7], &[]);
        assert_eq!(view.connections.sort, 1);
        press(&mut view, &[KeyCode::Char('r')], &[]);
        assert!(view.connections.reversed);
        let mut view = View { pane: Pane::Log, ..View::default() };
        press(&mut view, &[KeyCode::Char('s')], &[]);
        assert_eq!(view.log.sort, 0);
    }

    #[test]
    fn help_is_modal_and_nothing_to_move_is_no_move() {
        let mut view = View::default();
        press(&mut view, &[KeyCode::Char('?'), KeyCode::Char('2'), KeyCode::Down], &[]);
        assert_eq!(view, View { help: true, ..View::default() });
        press(&mut view, &[KeyCode::Esc, KeyCode::Down, KeyCode::End], &[]);
        assert_eq!(view, View::default());
    }
}
