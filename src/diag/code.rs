//! The stable names of problems, and which exit status each leads to.

use std::fmt;

/// What the process says at its end: 0 done, 1 the facts were rejected, 2 usage or environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitStatus {
    /// Everything asked for was done.
    Done,
    /// Some facts were rejected.
    Rejected,
    /// The call, the project, a form or the machine was not in order.
    Environment,
}

impl ExitStatus {
    /// The number that the process ends with.
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Rejected => 1,
            Self::Environment => 2,
        }
    }

    /// The status of a number; every other number is that of a disordered environment.
    pub fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Done,
            1 => Self::Rejected,
            _ => Self::Environment,
        }
    }
}

impl From<ExitStatus> for std::process::ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.number())
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:ident;)*) => {
        /// The kind of a problem. Codes are kebab-case and never change their meaning.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[$doc])* $variant,)*
            /// A check that a form declares, by the code that the form gives it.
            Declared(String),
        }

        impl Code {
            /// Every code that the program itself can report.
            pub const BUILT_IN: &'static [Self] = &[$(Self::$variant),*];

            /// The name, as printed.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Declared(name) => name,
                }
            }

            /// The exit status that an error of this kind leads to.
            pub fn exit_status(&self) -> ExitStatus {
                match self {
                    $(Self::$variant => ExitStatus::$status,)*
                    Self::Declared(_) => ExitStatus::Rejected,
                }
            }
        }
    };
}

codes! {
    /// The facts file is not TOML.
    TomlSyntax = "toml-syntax", Rejected;
    /// The facts file, or a text or list in it, is larger than any facts are.
    TooLarge = "too-large", Rejected;
    /// The facts file is not UTF-8.
    NotUtf8 = "not-utf8", Rejected;
    /// A key that the form does not have.
    UnknownKey = "unknown-key", Rejected;
    /// A value of another type than the form says.
    WrongType = "wrong-type", Rejected;
    /// A choice that is none of the options.
    UnknownOption = "unknown-option", Rejected;
    /// A count or an amount below zero.
    NegativeNumber = "negative-number", Rejected;
    /// A count that is not a whole number.
    FractionalCount = "fractional-count", Rejected;
    /// A number of more digits than any table can hold.
    NumberTooLarge = "number-too-large", Rejected;
    /// A value that the form requires is not there.
    MissingValue = "missing-value", Rejected;
    /// A value that the form requires is there but empty.
    EmptyValue = "empty-value", Rejected;
    /// `rest` is something other than 0.
    RestNotZero = "rest-not-zero", Rejected;
    /// A one-line value holds a line break or an invisible control character.
    ControlCharacter = "control-character", Rejected;
    /// Letters or digits of a text that its page would not show.
    TextLost = "text-lost", Rejected;
    /// A mark of another way of writing, which would be printed as it is.
    MarkupLeft = "markup-left", Rejected;
    /// A character that cannot be seen or shown.
    StrayCharacter = "stray-character", Rejected;
    /// Conflict markers of Git in a text.
    ConflictMarkers = "conflict-markers", Rejected;
    /// A mark by which `roll` shows what is last year's.
    DraftMark = "draft-mark", Rejected;
    /// A figure behind a `#`, in the place of which another is shown.
    CommentedFigure = "commented-figure", Rejected;
    /// The figures and the prose of another organ's report.
    SameAsOther = "same-as-other", Rejected;
    /// Prose whose lists are nested deeper than a page can show.
    TooDeep = "too-deep", Rejected;
    /// A form that is neither built in nor in the project.
    UnknownForm = "unknown-form", Rejected;
    /// The file is named after another year than the one it states.
    YearMismatch = "year-mismatch", Rejected;
    /// Prose draws on a figure that the form does not have.
    UnknownReference = "unknown-reference", Rejected;
    /// A stated total differs from the sum of its parts.
    WrongTotal = "wrong-total", Rejected;
    /// Last year's facts are there but wrong, so nothing was compared with them.
    LastYear = "last-year", Rejected;
    /// `[consolidates]` names what is no organ of the project.
    OrganUnknown = "organ-unknown", Rejected;
    /// An organ whose figures are added up has no facts of the year.
    OrganMissing = "organ-missing", Rejected;
    /// An organ whose figures are added up has facts with errors, or of another form.
    OrganWrong = "organ-wrong", Rejected;
    /// An organ's figures would be added up twice.
    OrganTwice = "organ-twice", Rejected;
    /// An organ's figures are the sum of figures that they are part of.
    OrganCircle = "organ-circle", Rejected;
    /// A figure of a government is not the sum of its organs'.
    DiffersFromOrgans = "differs-from-organs", Rejected;
    /// The facts accept an error.
    AcceptedError = "accepted-error", Rejected;
    /// The facts accept a warning that there is not.
    UnusedAcceptance = "unused-acceptance", Rejected;
    /// An acceptance that covers more than the one place that it could name.
    AcceptedPlaces = "accepted-places", Rejected;
    /// A character that none of the fonts found can draw.
    MissingGlyph = "missing-glyph", Rejected;
    /// No project folder.
    NoProject = "no-project", Environment;
    /// `nianbao.toml` is wrong.
    ProjectFile = "project-file", Environment;
    /// A selection that names no facts file.
    NothingSelected = "nothing-selected", Environment;
    /// A file among the facts that looks like facts and is not read.
    StrayFile = "stray-file", Rejected;
    /// Two facts files would write the same output file.
    OutputConflict = "output-conflict", Environment;
    /// An argument or variable that cannot be used.
    Usage = "usage", Environment;
    /// A file that cannot be read.
    Unreadable = "unreadable", Environment;
    /// A file of the project that is a link out of it.
    OutsideProject = "outside-project", Environment;
    /// Edits of one file that overlap, so that none of them is made.
    FixConflict = "fix-conflict", Rejected;
    /// A file or folder that cannot be written.
    Unwritable = "unwritable", Environment;
    /// A file that is there already and is not overwritten.
    AlreadyExists = "already-exists", Environment;
    /// No record lies beside a page that is to be verified.
    NoRecord = "no-record", Environment;
    /// `form.toml` is wrong.
    FormFile = "form-file", Environment;
    /// A check of the form could not be worked out.
    CheckFailed = "check-failed", Environment;
    /// A template is wrong or fails.
    TemplateError = "template-error", Environment;
    /// Typst rejects the page that a template made.
    TypstError = "typst-error", Environment;
    /// A page of a project's own templates takes too much time or memory.
    PageLimit = "page-limit", Environment;
    /// No font for a role that the form declares.
    NoFonts = "no-fonts", Environment;
    /// A font file that changed while a page was set in it.
    FontsChanged = "fonts-changed", Environment;
    /// No Typst engine.
    NoEngine = "no-engine", Environment;
    /// Somebody asked to stop before all was done.
    Interrupted = "interrupted", Environment;
    /// A summary of a shard that is none, or does not go with the others.
    Summary = "summary", Environment;
    /// The preview has no port, or a folder cannot be watched.
    Preview = "preview", Environment;
    /// The Typst engine could not be run.
    EngineFailed = "engine-failed", Environment;
    /// An imported file has no table of the form, or not all of them.
    ImportTableMissing = "import-table-missing", Environment;
    /// A row of the form is not in the imported file.
    ImportRowMissing = "import-row-missing", Environment;
    /// The imported file has a row with figures that is none of the form's.
    ImportRowUnknown = "import-row-unknown", Environment;
    /// The imported file has a column with figures that is none of the form's.
    ImportColumnUnknown = "import-column-unknown", Environment;
    /// The columns of an imported table stand in another order than in the form.
    ImportColumnsReordered = "import-columns-reordered", Environment;
    /// A cell was read, and it is not sure that it is the right one.
    ImportCellDoubtful = "import-cell-doubtful", Environment;
    /// A cell was found and could not be read.
    ImportCellUnread = "import-cell-unread", Environment;
    /// A group of rows is printed as one.
    ImportGroupRow = "import-group-row", Environment;
    /// Figures of an imported table that went nowhere.
    ImportFigureUnused = "import-figure-unused", Environment;
    /// A table stands in the imported file more than once.
    ImportTableTwice = "import-table-twice", Environment;
    /// The imported file is of an earlier edition of the form.
    ImportOldEdition = "import-old-edition", Environment;
    /// A heading was found by words that are not quite those of the form.
    ImportHeadingGuessed = "import-heading-guessed", Environment;
    /// A heading of the form is not in the imported file.
    ImportHeadingMissing = "import-heading-missing", Environment;
    /// The text of a section could not be parted.
    ImportNotParted = "import-not-parted", Environment;
    /// Text of the imported file that belongs to no fact.
    ImportTextUnplaced = "import-text-unplaced", Environment;
    /// Whose report the imported file is, or of which year, is not sure or not said.
    ImportIdentity = "import-identity", Environment;
    /// Characters of the imported file that nobody can know.
    ImportTextUnreadable = "import-text-unreadable", Environment;
    /// The imported file is pictures of pages.
    ImportPicturesOnly = "import-pictures-only", Environment;
    /// The imported file is encrypted.
    ImportEncrypted = "import-encrypted", Environment;
    /// The imported file is of a kind that only another program reads, which is not there or failed.
    ImportConverterMissing = "import-converter-missing", Environment;
    /// The imported file is larger than what is read.
    ImportTooLarge = "import-too-large", Environment;
    /// The imported file is damaged, empty, or of no kind that is read.
    ImportUnreadable = "import-unreadable", Environment;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
