//! The command line in the language of its user. In: what was typed; out: [`Cli`], or help and errors of usage in that
//! language. English stands in `cli.rs` beside what it describes; the Chinese for each stands here.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, Error, FromArgMatches, ValueEnum};

use super::Cli;
use crate::diag::emit::Colour;
use crate::diag::{Code, Diagnostic, Language, Text, text};

/// The beginning of a help page in Chinese; then come the lists that the command has.
const TEMPLATE: &str = "{before-help}{about-with-newline}\n用法：{usage}";

/// What stands for values in help, in Chinese; what is not here is the same in both languages.
const VALUES: &[(&str, &str)] = &[
    ("CODE", "代码"),
    ("COMMAND", "命令"),
    ("DIR", "文件夹"),
    ("ENGINE", "引擎"),
    ("FILE", "文件"),
    ("FORM", "表式"),
    ("FORMAT", "格式"),
    ("FORMATS", "格式"),
    ("KEY", "键"),
    ("LANG", "语言"),
    ("MIB", "兆字节"),
    ("NAME", "名称"),
    ("ORGAN", "机关"),
    ("PORT", "端口"),
    ("SECONDS", "秒数"),
    ("SELECT", "选择"),
    ("SHELL", "外壳"),
    ("WHAT", "什么"),
    ("WHEN", "何时"),
    ("YEAR", "年份"),
];

/// What each command and argument is, in Chinese: the command, the argument (or nothing for the command itself), one
/// line, and what `--help` adds to it.
#[rustfmt::skip]
const CHINESE: &[(&str, &str, &str, &str)] = &[
    ("", "", "把一年的事实（TOML）编成正式年报（PDF、HTML 与 Word）", ""),
    ("", "lang", "消息的语言：zh 或 en；省略则依次看 NIANBAO_LANG、系统语言，再省略用 zh", ""),
    ("", "quiet", "不说做了什么，也不显示进度；有问题照样说", ""),
    ("", "color", "颜色：auto（自动）、always（总是）、never（从不）；auto 只在终端上用颜色，设了 CLICOLOR_FORCE 则都用，设了 NO_COLOR 则一律不用；省略是 auto", ""),
    ("", "directory", "先到这个文件夹，再照常运行", ""),
    ("", "help", "显示帮助（-h 只显示摘要）", ""),
    ("", "version", "显示版本", ""),
    ("build", "", "生成报告",
        "先检查事实，全部成立才写出 build/…/<年份>.pdf 和 .html；有错误的报告不生成，其余照常。\n文件要么完整出现，要么不出现。"),
    ("build", "format", "输出格式，逗号分隔：pdf、html、html-fragment（只有正文，供粘贴到网站的编辑器）、docx（Word、WPS 文档）、typ、json（供程序使用的数据）、csv（每个表格一个文件，供电子表格和网上填报使用）；省略则按 nianbao.toml，再省略是 pdf,html", ""),
    ("build", "engine", "用哪个 Typst：auto（自动）、typst-cli（PATH 上的 typst）、embedded（内置）；省略则按 nianbao.toml，再省略是 auto", ""),
    ("build", "jobs", "同时生成几份，至少 1；省略则每个处理器一份", ""),
    ("build", "out", "写到哪个文件夹；省略是项目中的 build/", ""),
    ("build", "shard", "只生成一个分片：I/N 是 N 个分片中的第 I 个，从 1 数起；分到哪个分片只看机关的文件夹", ""),
    ("build", "summary", "把各份报告的结果（JSON）也写到这个文件", ""),
    ("build", "force", "页面已在、事实、表式、字体和程序都没有变化的，也重新生成", ""),
    ("build", "clean", "删除已经不在的事实文件留下的页面、草稿和记录，逐一说明；其他文件都不动", ""),
    ("build", "charts", "画出表式声明的图表；省略则按 nianbao.toml，再省略是不画", ""),
    ("build", "draft", "有问题也生成，每页标明“草稿”，文件名是 <年份>.draft.pdf 和 .html；有错误时退出状态仍是 1", ""),
    ("edit", "", "在浏览器的页面上像填表一样填写；每次改动都是事实文件中的一处小改动",
        "表格就是官方的表格；填写时显示合计和问题，旁边的页面随每次保存更新。只在 127.0.0.1 上提供；页面关闭几分钟后自行结束，也可以按 Ctrl-C。"),
    ("edit", "port", "页面的端口，1 至 65535；省略用 7780，被占用则另选", ""),
    ("edit", "no_open", "只说页面在哪里，不打开浏览器", ""),
    ("watch", "", "文件一有改动就重新生成，并在本机的浏览器中显示页面",
        "页面上有 PDF 的各页、网页版和问题，每次保存后自动更新；事实有错误时保留改错之前的页面。只在 127.0.0.1 上提供。按 Ctrl-C 结束。"),
    ("watch", "open", "在浏览器中打开页面", ""),
    ("watch", "port", "页面的端口，1 至 65535；省略用 7780，被占用则另选", ""),
    ("watch", "draft", "从未生成过的报告显示为草稿，并列出还缺什么；草稿不写成文件", ""),
    ("check", "", "只检查，不生成", ""),
    ("check", "message_format", "怎样报告问题：human（给人看）、json（标准输出上每行一个对象）、sarif（一份 SARIF 2.1.0 日志）、github（GitHub Actions 的注解）", ""),
    ("check", "fix", "代为改正意思没有疑问的各处，逐一说明，再检查一遍；文件的其他字节都不动", ""),
    ("check", "dry_run", "与 --fix 同用：在标准输出上显示改法（unified diff），什么都不写", ""),
    ("", "page_seconds", "用项目自己的模板做一页，最多用多少秒处理器时间；省略是 4", ""),
    ("", "page_mib", "用项目自己的模板做一页，字体之外最多用多少 MiB 内存；省略是 256", ""),
    ("", "select", "年份、机关的名称或文件夹、事实文件；省略则是 reports/ 下的全部", ""),
    ("", "deny", "把警告当作错误：--deny warnings", ""),
    ("new", "", "为机关新建事实文件：列出每个键、它的官方名称和填写说明",
        "写到 reports/<机关>/<年份>.toml。已有的文件不覆盖。"),
    ("new", "organ", "机关全称", ""),
    ("new", "form", "表式的名称", ""),
    ("new", "year", "报告的年份，四位数字", ""),
    ("import", "", "把已公布的报告（PDF、Word、网页、表格或文本）读成事实文件",
        "上年的文件成为上年的事实文件，写到 reports/<机关>/<年份>.toml，并记下每个数字是在哪里读到的；没有读出或存疑的，逐一说明，并写在注释里。不猜，已有的文件不覆盖。退出状态：0 全部读出，且各项合得上；1 已写出，还有要看的；2 什么都没有读出。"),
    ("import", "file", "文件：.pdf、.docx、.html、.xlsx、.ods 或文本；装了 LibreOffice 的，还有 .doc、.wps、.rtf、.odt", ""),
    ("import", "form", "表式；省略则取表格与文件最相像的", ""),
    ("import", "organ", "机关全称；省略则按报告的标题", ""),
    ("import", "year", "报告的年份，四位数字；省略则按报告的标题", ""),
    ("import", "out", "写到哪个文件；省略则是项目中的 reports/<机关>/<年份>.toml", ""),
    ("import", "dry_run", "在标准输出上显示事实文件，不写", ""),
    ("import", "trace", "把每一项是在哪里读到的写到这个文件（JSON）", ""),
    ("import", "message_format", "怎样报告问题：human（给人看）、json（标准输出上每行一个对象）、sarif（一份 SARIF 2.1.0 日志）、github（GitHub Actions 的注解）", ""),
    ("roll", "", "从今年的事实文件开始下一年的",
        "表式规定结转的数字照转，正文成为注释中的草稿，其中的年份和数字都加标记，其余留给 check 索要。\n有错误的文件不转，已有的文件不覆盖。"),
    ("roll", "select", "年份、机关的名称或文件夹、事实文件", ""),
    ("roll", "to", "转到哪一年，四位数字；省略则是下一年", ""),
    ("roll", "dry_run", "只显示文件，什么都不写", ""),
    ("fmt", "", "把事实文件整理成统一的格式：空格、空行和换行，不动值和注释", ""),
    ("fmt", "check", "不改文件；有需要整理的，以退出状态 1 结束", ""),
    ("diff", "", "比较两份报告，或一个机关的各年：变化的数字，正文逐句比较", ""),
    ("diff", "a", "事实文件；只写这一个时，是存有一个机关各年文件的文件夹", ""),
    ("diff", "b", "与之比较的事实文件", ""),
    ("diff", "format", "怎样显示（标准输出）：table（表格）、json、html（网页）", ""),
    ("init", "", "新建项目：nianbao.toml、带示例的 reports/、编辑器用的 schemas/、.gitignore", "已有的文件一概不覆盖。"),
    ("init", "dir", "项目的文件夹；没有就新建", ""),
    ("forms", "", "列出表式，以及项目替换了其中哪些文件；或新建、检查一个表式", ""),
    ("forms", "format", "怎样显示列表（标准输出）：table（给人看）、json（一份 JSON）", ""),
    ("forms new", "", "在项目中新建表式：声明、模板和示例，可以直接生成", ""),
    ("forms new", "name", "表式的名称：小写字母、数字和连字符", ""),
    ("forms check", "", "检查表式：模板、示例、规则的正误例、名称，以及从未用到的", ""),
    ("forms check", "name", "表式的名称", ""),
    ("schema", "", "输出 JSON Schema：表式或 nianbao.toml 的供编辑器使用，报告数据的供别的程序使用",
        "装有 TOML 语言服务（Tombi、Even Better TOML）的编辑器据此补全和说明；init 已把它放进项目，事实文件的第一行指明位置。"),
    ("schema", "form", "表式的名称", ""),
    ("schema", "project", "改为输出 nianbao.toml 的", ""),
    ("status", "", "哪些机关报了，哪里有错，还要做什么",
        "每个应报的机关一行：nianbao.toml 列出的，和上年报过的。退出状态：0 全部已报且没有错误，1 有未报或有错误的，2 用法或环境有问题。"),
    ("status", "select", "年份、机关的名称或文件夹、nianbao.toml 中的组、事实文件；省略则是全部机关；不写年份则是最近一年", ""),
    ("status", "format", "怎样显示：table（表格）、json、csv、html（网页）", ""),
    ("status", "out", "写到这个文件，而不是标准输出", ""),
    ("status", "letters", "给每个有问题要改的机关写一封函（网页和 Word 文档），放进这个文件夹", ""),
    ("consolidate", "", "各机关的数字怎样汇总：机关在左，各格在上，合计在下，上年在旁",
        "汇总哪些机关，写在本级事实文件的 [consolidates] 中。退出状态：0 汇总完整、事实成立，1 有机关未报或有错误，或事实有错误，2 用法或环境有问题。"),
    ("consolidate", "select", "汇总的机关：名称或文件夹（取最近一年），或它的事实文件", ""),
    ("consolidate", "cell", "只看一个合计：每个机关的数字和所在的位置", ""),
    ("consolidate", "format", "怎样显示（标准输出）：table（表格）、csv、json、html（网页）", ""),
    ("consolidate", "write", "把合计写入事实文件，逐格说明；已说明理由接受的不同不动", ""),
    ("schema", "data", "改为输出 build --format json 所写数据的", ""),
    ("verify", "", "核对页面是不是今天的事实、表式和字体生成的，不是则说明有何不同",
        "按旁边的生成记录（<年份>.json）在内存中重新生成，逐字节比较。退出状态：0 相同，1 不同，2 用法或环境有问题。"),
    ("verify", "select", "页面（.pdf、.html、.docx 或 .typ）或数据（.data.json 或 .csv）；或年份、机关、事实文件，核对输出文件夹中它们的页面；省略则是全部页面", ""),
    ("verify", "out", "选中的报告的页面在哪个文件夹；省略则按 nianbao.toml，再省略是项目中的 build/", ""),
    ("merge-summary", "", "合并各分片的生成摘要，说明哪些失败、为什么，退出状态与不分片时相同", ""),
    ("merge-summary", "files", "build --shard I/N --summary 写出的文件，每个分片一个", ""),
    ("merge-summary", "out", "把合并的结果（JSON）也写到这个文件", ""),
    ("explain", "", "解释问题代码：规则、出处、错误和正确的例子；或列出所有代码", ""),
    ("explain", "code", "代码，例如 wrong-total；省略则列出所有代码和含义", ""),
    ("doctor", "", "说明用哪个排版引擎、哪些字体，缺什么", ""),
    ("doctor", "format", "怎样显示（标准输出）：table（给人看）、json（一份 JSON）", ""),
    ("completions", "", "输出外壳（shell）的命令补全脚本",
        "bash：nianbao completions bash > ~/.local/share/bash-completion/completions/nianbao。别的外壳，看它从哪里读补全脚本。"),
    ("completions", "shell", "外壳：bash、elvish、fish、powershell 或 zsh", ""),
    ("help", "", "显示帮助，或一个命令的帮助", ""),
    ("help", "command", "命令，例如 build 或 forms check；省略则列出所有命令", ""),
];

const EXIT: &str = "退出状态：0 完成（可以有警告），1 事实有错误，2 用法或环境有问题。";

/// What a call comes to.
#[derive(Debug)]
pub enum Typed {
    /// Something is to be done.
    Command(Cli),
    /// Help or the version was asked for; the answer is to be printed.
    Question(String),
    /// No command was typed; what may be typed is to be printed, and nothing was done.
    Nothing(String),
}

/// How the user is to be spoken to; known before the line is parsed, because help and what is wrong with the line are told too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// The language that was typed.
    pub language: Option<Language>,
    /// When there are colours.
    pub colour: Colour,
}

impl Manner {
    /// What `--lang` and `--color` say.
    pub fn of(typed: &[OsString]) -> Self {
        Self { language: value_of(typed, "--lang"), colour: value_of(typed, "--color").unwrap_or_default() }
    }

    /// The language of messages.
    pub fn language(self) -> Language {
        Language::choose(self.language)
    }
}

/// The value of an option, wherever it stands.
fn value_of<T: ValueEnum>(typed: &[OsString], option: &str) -> Option<T> {
    let words: Vec<_> = typed.iter().map(|word| word.to_string_lossy()).collect();
    let of_word = |(index, word): (usize, &Cow<'_, str>)| match word.strip_prefix(option) {
        Some("") => words.get(index + 1).and_then(|value| T::from_str(value, true).ok()),
        Some(rest) => rest.strip_prefix('=').and_then(|value| T::from_str(value, true).ok()),
        None => None,
    };
    words.iter().enumerate().find_map(of_word)
}

/// What was typed, in the language it asks for.
///
/// # Errors
/// A call that cannot be understood.
pub fn parse(typed: &[OsString], manner: Manner) -> Result<Typed, Diagnostic> {
    let command = command(manner.language());
    let matches = command.clone().try_get_matches_from(typed).and_then(|matches| Cli::from_arg_matches(&matches));
    match matches {
        Ok(Cli { command: super::Command::Help(help), .. }) => {
            let program = typed.first().cloned().unwrap_or_else(|| env!("CARGO_PKG_NAME").into());
            let asked = help.command.into_iter().map(OsString::from);
            let question: Vec<OsString> = [program].into_iter().chain(asked).chain(["--help".into()]).collect();
            parse(&question, manner)
        }
        Ok(cli) => Ok(Typed::Command(cli)),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Ok(Typed::Question(shown(&error.render(), manner))),
            ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                Ok(Typed::Nothing(shown(&command.clone().render_help(), manner)))
            }
            _ => Err(problem(&error, &command, &called(typed))),
        },
    }
}

/// Help or the version, with colours where standard output shows them.
fn shown(answer: &StyledStr, manner: Manner) -> String {
    let has_colours = manner.colour.is_for(&io::stdout());
    let answer = if has_colours { answer.ansi().to_string() } else { answer.to_string() };
    answer.trim_end_matches('\n').to_owned()
}

/// The command line with its help in a language.
pub fn command(language: Language) -> Command {
    let mut command = match language {
        Language::En => Cli::command(),
        Language::Zh => translated(Cli::command(), ""),
    };
    // What is not built yet has no usage, and arguments that cannot be shown.
    command.build();
    match language {
        Language::En => command,
        Language::Zh => with_usage(command),
    }
}

/// A command and those below it in Chinese; `name` is what is typed for it.
fn translated(command: Command, name: &str) -> Command {
    let below: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    let command = below.iter().fold(described(command, name), |command, inner| {
        let full = format!("{name} {inner}");
        command.mut_subcommand(inner, |inner| translated(inner, full.trim_start()))
    });
    let command = match command.get_after_help().is_some() {
        true => command.after_help(EXIT),
        false => command,
    };
    let has_positionals = command.get_positionals().next().is_some();
    let lists = [
        (!below.is_empty(), "\n\n命令：\n{subcommands}"),
        (has_positionals, "\n\n参数：\n{positionals}"),
        (true, "\n\n选项：\n{options}"),
    ];
    let lists: String = lists.iter().filter(|(is_there, _)| *is_there).map(|(_, list)| *list).collect();
    command.subcommand_value_name("命令").help_template(format!("{TEMPLATE}{lists}{{after-help}}"))
}

/// A command with its own words and those of its arguments in Chinese.
fn described(command: Command, name: &str) -> Command {
    let mut command = command.disable_help_flag(true).disable_version_flag(true);
    let flag = |id: &'static str, short, action| Arg::new(id).short(short).long(id).action(action);
    command = command.arg(flag("help", 'h', ArgAction::Help).display_order(950));
    if name.is_empty() {
        command = command.arg(flag("version", 'V', ArgAction::Version).display_order(951));
    }
    if let Some((_, _, line, more)) = find(name, "") {
        command = command.about(*line);
        command = command.long_about(format!("{line}\n\n{more}").trim_end().to_owned());
    }
    let ids: Vec<String> = command.get_arguments().map(|arg| arg.get_id().to_string()).collect();
    ids.iter().fold(command, |command, id| {
        command.mut_arg(id, |arg| {
            let said = find(name, id).map(|(_, _, line, _)| *line).unwrap_or_default();
            // The values are in the Chinese line; clap would give them with English words around.
            let arg = arg.help(said).long_help(None);
            if !arg.get_action().takes_values() {
                return arg;
            }
            let names = arg.get_value_names().unwrap_or_default().iter();
            let names: Vec<&'static str> = names.filter_map(|name| value(name)).collect();
            let arg = if names.is_empty() { arg } else { arg.value_names(names) };
            arg.hide_possible_values(true).hide_default_value(true)
        })
    })
}

/// What stands for a value in Chinese, where that is something else.
fn value(name: &str) -> Option<&'static str> {
    VALUES.iter().find(|(english, _)| *english == name).map(|(_, chinese)| *chinese)
}

/// A command, and those below it, with how it is called in Chinese; clap has words of its own there.
fn with_usage(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace("[OPTIONS]", "[选项]").replace("\n       ", "\n      ");
    let below: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    below.iter().fold(command.override_usage(usage), |command, inner| command.mut_subcommand(inner, with_usage))
}

fn find(command: &str, argument: &str) -> Option<&'static (&'static str, &'static str, &'static str, &'static str)> {
    let at = |wanted: &str| CHINESE.iter().find(|(name, id, _, _)| *name == wanted && *id == argument);
    at(command).or_else(|| at("").filter(|_| !argument.is_empty()))
}

/// How the command is called that was meant, as far as it was typed: `nianbao`, or `nianbao forms check`.
fn called(typed: &[OsString]) -> String {
    // What is wrong is passed over, so that it hides no command that stands before it or behind it.
    let matches = Cli::command().ignore_errors(true).try_get_matches_from(typed).ok();
    let mut words = vec![env!("CARGO_PKG_NAME").to_owned()];
    let mut below = matches.as_ref().and_then(ArgMatches::subcommand);
    while let Some((name, matches)) = below {
        words.push(name.to_owned());
        below = matches.subcommand();
    }
    words.join(" ")
}

/// An error of usage of the command that is `called` so, in both languages.
fn problem(error: &Error, command: &Command, called: &str) -> Diagnostic {
    let said = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => Some(word.clone()),
        Some(ContextValue::Strings(words)) => Some(words.join("、")),
        Some(ContextValue::StyledStr(words)) => Some(words.to_string()),
        _ => None,
    };
    let (arg, value) = (said(ContextKind::InvalidArg).unwrap_or_default(), said(ContextKind::InvalidValue));
    let prior = said(ContextKind::PriorArg).unwrap_or_default();
    let english = error.to_string();
    let en = english.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let zh = match (error.kind(), value) {
        (ErrorKind::InvalidSubcommand, _) => {
            format!("没有命令“{}”", said(ContextKind::InvalidSubcommand).unwrap_or_default())
        }
        (ErrorKind::UnknownArgument, _) if !arg.starts_with('-') => format!("多写了“{arg}”"),
        (ErrorKind::UnknownArgument, _) => format!("没有选项“{arg}”"),
        (ErrorKind::TooManyValues, _) => format!("{arg} 后面不能写值"),
        (ErrorKind::InvalidUtf8, _) => "命令行里有不是 UTF-8 的文字".to_owned(),
        (ErrorKind::MissingRequiredArgument, _) => format!("缺少 {arg}"),
        (ErrorKind::ArgumentConflict, _) if prior == arg => format!("{arg} 写了两次"),
        (ErrorKind::ArgumentConflict, _) => format!("{arg} 不能与 {prior} 同用"),
        (_, Some(value)) if value.is_empty() => format!("{arg} 后面没有写值"),
        (_, Some(value)) => format!("{arg} 的值“{value}”不能用"),
        _ => format!("命令行有误：{en}"),
    };
    let en = match error.kind() {
        // What is missing stands on the lines that follow.
        ErrorKind::MissingRequiredArgument => format!("missing: {arg}").replace('、', ", "),
        _ => en,
    };
    let suggested = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
        ContextKind::ValidValue,
    ];
    let help = match suggested.into_iter().find_map(said).filter(|words| !words.is_empty()) {
        Some(words) => {
            let english = words.replace('、', ", ");
            Text {
                zh: format!("可以写：{words}；用法见 {called} --help"),
                en: format!("try: {english}; see `{called} --help`"),
            }
        }
        None => text!("用法见 {called} --help", "see `{called} --help`"),
    };
    let problem = Diagnostic::error(Code::Usage, Text { zh, en }).help(help);
    match (error.kind(), help_of(&arg, command)) {
        (ErrorKind::ValueValidation, Some(said)) => problem.note(Text::verbatim(said)),
        _ => problem,
    }
}

/// What help says of an argument, which is written as clap writes it: `--shard <I/N>`.
fn help_of(written: &str, command: &Command) -> Option<String> {
    let own = command.get_arguments().find(|arg| arg.to_string() == written);
    let own = own.and_then(Arg::get_help).map(ToString::to_string);
    own.or_else(|| command.get_subcommands().find_map(|below| help_of(written, below)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chinese_words(text: &str) -> bool {
        text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
    }

    /// Every command and argument, those of clap's own included, has words in both languages.
    #[test]
    fn no_command_or_argument_lacks_its_words_in_a_language() {
        for language in [Language::Zh, Language::En] {
            let mut root = command(language);
            root.build();
            let inner =
                root.get_subcommands().flat_map(Command::get_subcommands).filter(|inner| inner.get_name() != "help");
            let all = std::iter::once(&root).chain(root.get_subcommands()).chain(inner);
            let mut seen = 0;
            for command in all {
                let about = command.get_about().map(ToString::to_string).unwrap_or_default();
                let lines = command
                    .get_arguments()
                    .map(|arg| (arg.get_id().to_string(), arg.get_help().map(ToString::to_string).unwrap_or_default()));
                for (id, line) in lines.chain([("".to_owned(), about)]) {
                    let name = command.get_name();
                    assert!(!line.is_empty(), "{name} {id} says nothing in {language:?}");
                    assert_eq!(chinese_words(&line), language == Language::Zh, "{name} {id}: {line}");
                    seen += 1;
                }
            }
            assert!(seen > 30, "{seen}");
        }
    }

    /// Nothing is translated that is not there.
    #[test]
    fn no_words_are_idle() {
        let root = command(Language::En);
        for (name, id, _, _) in CHINESE.iter().filter(|(_, id, _, _)| !["help", "version"].contains(id)) {
            let is_there = |command: &Command| id.is_empty() || command.get_arguments().any(|arg| arg.get_id() == id);
            let there = match *name {
                "" => is_there(&root) || root.get_subcommands().any(is_there),
                name => {
                    let mut names = name.split(' ');
                    let found = names.try_fold(&root, |command, name| command.find_subcommand(name));
                    found.is_some_and(is_there)
                }
            };
            assert!(there, "{name} {id}");
        }
    }

    #[test]
    fn the_language_is_known_before_the_line_is_parsed() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        let asked = |line: &str| Manner::of(&words(line));
        let of = |language, colour| Manner { language, colour };
        assert_eq!(asked("nianbao --lang en check"), of(Some(Language::En), Colour::Auto));
        assert_eq!(asked("nianbao check --lang=zh --color never"), of(Some(Language::Zh), Colour::Never));
        assert_eq!(asked("nianbao check --color=always"), of(None, Colour::Always));
        assert_eq!(asked("nianbao check"), Manner::default());
    }
    #[test]
    fn an_error_of_usage_points_at_the_help_of_its_command() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        for (line, help) in [
            ("nianbao bulid", "nianbao --help"),
            ("nianbao --nothing build", "nianbao --help"),
            ("nianbao build --nothing", "nianbao build --help"),
            ("nianbao build --jobs 0", "nianbao build --help"),
            ("nianbao -C check build --shard 3/2", "nianbao build --help"),
            ("nianbao --lang en schema", "nianbao schema --help"),
            ("nianbao schema foia --project", "nianbao schema --help"),
            ("nianbao forms nothing", "nianbao forms --help"),
            ("nianbao forms check", "nianbao forms check --help"),
            ("nianbao forms check a --page-mib 0", "nianbao forms check --help"),
            ("nianbao help bulid", "nianbao --help"),
            ("nianbao help forms nothing", "nianbao forms --help"),
        ] {
            for language in [Language::Zh, Language::En] {
                let manner = Manner { language: Some(language), ..Manner::default() };
                let problem = parse(&words(line), manner).expect_err(line);
                let Text { zh, en } = problem.help.clone().expect("help");
                assert!(
                    zh.ends_with(&format!("用法见 {help}")) && en.ends_with(&format!("see `{help}`")),
                    "{line}: {en}"
                );
            }
        }
    }
}
