//! The picture in README.md has the sections and columns that the screen draws.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{starting, text};
use patchbay_tui::View;

/// Columns of the picture.
const WIDTH: u16 = 100;

/// The lines between the fences of the first block that begins with the screen's head.
fn picture() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let start = readme.find("```\n patchbay ").unwrap() + 4;
    let end = start + readme[start..].find("```").unwrap();
    readme[start..end].lines().map(str::to_owned).collect()
}

/// The title of a section, without its counts; `None` for other lines.
fn title(line: &str) -> Option<String> {
    let title = line.strip_prefix("─ ")?.trim_end_matches(['─', ' ']);
    let words = title.split(' ').filter(|word| !word.starts_with(|c: char| c.is_ascii_digit()));
    Some(words.filter(|word| !["to", "of"].contains(word)).collect::<Vec<_>>().join(" "))
}

/// Titles of the sections, and the words of their columns: the line below each.
fn sections(lines: &[String]) -> Vec<(String, Vec<String>)> {
    let titled = lines.windows(2).filter_map(|pair| Some((title(&pair[0])?, &pair[1])));
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect();
    titled.map(|(title, below)| (title, words(below))).collect()
}

#[test]
fn the_picture_has_the_sections_and_columns_of_the_screen() {
    let picture = picture();
    assert!(picture.iter().all(|line| line.chars().count() <= WIDTH.into()));
    let screen = |width| -> Vec<String> {
        let text = text(&starting(), &View::default(), (width, 60));
        text.lines().map(str::to_owned).collect()
    };
    // Wider numbers leave room for fewer columns, as a narrower screen does.
    let known: BTreeSet<_> = (80..=WIDTH + 20).flat_map(|width| sections(&screen(width))).collect();
    let shown = sections(&picture);
    assert!(shown.len() >= 4, "{shown:?}");
    for section in &shown {
        assert!(known.contains(section), "{section:?} is not drawn: {known:?}");
    }
    let order = |sections: &[(String, Vec<String>)]| -> Vec<String> {
        sections.iter().map(|(title, _)| title.clone()).collect()
    };
    // A lower screen leaves sections out.
    let (shown, mut drawn) = (order(&shown), order(&sections(&screen(WIDTH))));
    drawn.retain(|title| shown.contains(title));
    assert_eq!(shown, drawn);
    // The head and the line of panes, but for what changes.
    let head = &screen(WIDTH)[0];
    let first = |line: &str| line.split_whitespace().take(1).collect::<String>();
    assert_eq!(first(&picture[0]), first(head));
    assert_eq!(picture[1], screen(WIDTH)[1]);
}
