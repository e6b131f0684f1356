//! What the pages look like: each page of the shipped reports as a picture, compared with the one in `docs/pages/`. Where
//! they differ, the page as it is now and a picture of the difference are written to `build/pictures/`. `just bless`
//! renews them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{self, Project, repository};

/// Reports with the names of their pictures.
const REPORTS: &[(&str, &str)] = &[("湛河区应急管理局/2023", "zhanhe-2023"), ("淮安市人民政府/2024", "huaian-2024")];
/// Dots an inch: enough to see a line that is missing, few enough to keep in the repository.
const RESOLUTION: &str = "72";
/// How far a dot may be off, out of 255, and how many in 10,000 may be further: edges differ a little between versions
/// of the programs that draw.
const CLOSE: u8 = 96;
/// See [`CLOSE`].
const FEW: usize = 5;

struct Picture {
    width: usize,
    height: usize,
    dots: Vec<u8>,
}

fn read(path: &Path) -> Picture {
    let file =
        std::io::BufReader::new(fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
    let mut dots = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut dots).expect("a picture");
    dots.truncate(info.buffer_size());
    match info.color_type {
        png::ColorType::Grayscale => {}
        // What is drawn in grey may still be written in three equal parts.
        png::ColorType::Rgb => dots = dots.chunks_exact(3).map(|dot| dot[1]).collect(),
        other => panic!("{}: {other:?}", path.display()),
    }
    Picture { width: info.width as usize, height: info.height as usize, dots }
}

fn write(path: &Path, picture: &Picture) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
    let mut encoder =
        png::Encoder::new(fs::File::create(path).expect("the file"), picture.width as u32, picture.height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&picture.dots)).expect("the picture");
}

/// The pages of a PDF as pictures in a folder, in order.
fn drawn(pdf: &Path, folder: &Path) -> Vec<PathBuf> {
    let done =
        Command::new("pdftoppm").args(["-png", "-gray", "-r", RESOLUTION]).arg(pdf).arg(folder.join("page")).output();
    assert!(done.is_ok_and(|output| output.status.success()), "pdftoppm of poppler-utils is needed to draw PDFs");
    let mut pages: Vec<PathBuf> =
        fs::read_dir(folder).expect("pages").map(|entry| entry.expect("a page").path()).collect();
    pages.sort();
    pages
}

/// How the page differs from its picture, if it does.
fn difference(page: &Picture, wanted: &Picture) -> Option<Picture> {
    if (page.width, page.height) != (wanted.width, wanted.height) {
        return Some(Picture { width: wanted.width, height: wanted.height, dots: wanted.dots.clone() });
    }
    let dots: Vec<u8> = page.dots.iter().zip(&wanted.dots).map(|(a, b)| 255 - a.abs_diff(*b)).collect();
    let far = dots.iter().filter(|dot| 255 - **dot > CLOSE).count();
    (far * 10_000 > FEW * dots.len()).then_some(Picture { width: page.width, height: page.height, dots })
}

#[test]
fn every_page_of_the_shipped_reports_looks_as_it_should() {
    let bless = std::env::var_os("NIANBAO_BLESS").is_some();
    let mut wrong = Vec::new();
    for (report, name) in REPORTS {
        let project = Project::new();
        let facts = support::text(format!("reports/{report}.toml"));
        project.write(&format!("reports/{report}.toml"), facts);
        project.build(&["--engine", support::ENGINE, "--format", "pdf"]);
        let folder = tempfile::tempdir().expect("a folder");
        let pages = drawn(&project.path(&format!("build/{report}.pdf")), folder.path());
        let pictures = repository().join("docs/pages");
        let kept = fs::read_dir(&pictures).expect("docs/pages").flatten();
        let kept = kept.filter(|entry| entry.file_name().to_string_lossy().starts_with(name)).count();
        assert!(bless || kept == pages.len(), "{name} has {} pages, and {kept} pictures", pages.len());
        for (number, page) in (1..).zip(&pages) {
            let picture = pictures.join(format!("{name}-{number}.png"));
            if bless {
                write(&picture, &read(page));
            } else if let Some(difference) = difference(&read(page), &read(&picture)) {
                let at = repository().join("build/pictures");
                write(&at.join(format!("{name}-{number}.difference.png")), &difference);
                write(&at.join(format!("{name}-{number}.now.png")), &read(page));
                wrong.push(format!("{name}-{number}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "pages look otherwise than in docs/pages: {wrong:?}; see build/pictures; `just bless` renews them"
    );
}

/// A table without its lines, or a figure that has moved, is seen.
#[test]
fn a_difference_is_seen() {
    let path = repository().join("docs/pages/huaian-2024-3.png");
    let (page, mut changed) = (read(&path), read(&path));
    assert!(difference(&page, &changed).is_none());
    let row = changed.width * (changed.height / 2);
    changed.dots[row..row + changed.width * 3].fill(0);
    assert!(difference(&page, &changed).is_some());
}
