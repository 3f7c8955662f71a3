//! A typed paper of one or two pages, as a small office would serve it. Only the demonstration and generated registers have such
//! papers.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

/// Characters on a line: Courier at 10 points on 6.5 inches.
const COLUMNS: usize = 78;
/// Lines on a page.
const LINES: usize = 54;
const FOOT: &str = "Made-up paper. Nothing in it is about anybody.";

/// What stands on a paper, from top to bottom.
pub struct Typed {
    /// Who asks, in capitals at the top.
    pub head: String,
    /// What it is.
    pub title: String,
    /// Docket, dates, addressee: one line each.
    pub particulars: Vec<(String, String)>,
    /// Paragraphs.
    pub says: Vec<String>,
    /// What is asked, numbered.
    pub asks: Vec<String>,
    /// Who signs.
    pub signed: String,
}

impl Typed {
    /// The paper as a PDF.
    pub fn to_pdf(&self) -> Vec<u8> {
        let lines = self.lines();
        let pages: Vec<&[String]> = lines.chunks(LINES).collect();
        let (catalog, tree, font) = (Ref::new(1), Ref::new(2), Ref::new(3));
        let page_ref = |at: usize| Ref::new(4 + 2 * i32::try_from(at).unwrap_or(0));
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(tree);
        pdf.pages(tree).kids((0..pages.len()).map(page_ref)).count(i32::try_from(pages.len()).unwrap_or(1));
        pdf.type1_font(font).base_font(Name(b"Courier")).encoding_predefined(Name(b"WinAnsiEncoding"));
        for (at, lines) in pages.iter().enumerate() {
            let (id, content) = (page_ref(at), Ref::new(page_ref(at).get() + 1));
            let mut page = pdf.page(id);
            page.media_box(Rect::new(0.0, 0.0, 612.0, 792.0)).parent(tree).contents(content);
            page.resources().fonts().pair(Name(b"F1"), font);
            page.finish();
            pdf.stream(content, &typeset(lines));
        }
        pdf.finish()
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = vec![centred(&self.head.to_uppercase()), String::new(), centred(&self.title.to_uppercase())];
        lines.push(String::new());
        for (name, value) in &self.particulars {
            lines.extend(wrapped(&format!("{name:<14}{value}"), 14));
        }
        lines.push(String::new());
        for paragraph in &self.says {
            lines.extend(wrapped(paragraph, 0));
            lines.push(String::new());
        }
        for (number, ask) in (1..).zip(&self.asks) {
            lines.extend(wrapped(&format!("{number:>2}. {ask}"), 4));
        }
        lines.extend([String::new(), String::new(), "(signed)".to_owned(), self.signed.clone()]);
        lines
    }
}

fn typeset(lines: &[String]) -> Vec<u8> {
    let mut content = Content::new();
    content.begin_text().set_font(Name(b"F1"), 10.0).set_leading(12.5).next_line(72.0, 720.0);
    for line in lines {
        content.show(Str(&latin(line))).next_line(0.0, -12.5);
    }
    content.end_text();
    content.begin_text().set_font(Name(b"F1"), 7.0).next_line(72.0, 36.0).show(Str(&latin(FOOT))).end_text();
    content.finish().to_vec()
}

/// The text in the fonts' own code, which is Latin-1 where letters are.
fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

fn centred(text: &str) -> String {
    let pad = COLUMNS.saturating_sub(text.chars().count()) / 2;
    format!("{}{text}", " ".repeat(pad))
}

/// Breaks a text at blanks; later lines begin under the first after `indent` blanks.
fn wrapped(text: &str, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut is_fresh) = (String::new(), true);
    for word in text.split(' ') {
        if !is_fresh && line.chars().count() + 1 + word.chars().count() > COLUMNS {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            is_fresh = true;
        }
        if !is_fresh {
            line.push(' ');
        }
        line.push_str(word);
        is_fresh = false;
    }
    lines.push(line);
    lines
}
