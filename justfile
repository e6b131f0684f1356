# What CI runs.
ci:
    bash .ci/run

# Builds every report under reports/.
build:
    cargo run --release --locked -- build

suite := "cargo test --release --locked --test program --test suite"

# The tests: those that use the program, and those of single modules.
test:
    cargo test --release --locked --test '*'
    cargo test --profile bench --locked --lib

# Renews the golden files under tests/; read the difference before committing it.
bless:
    NIANBAO_BLESS=1 {{suite}} -- cases:: command_line:: conventions:: diff:: foia:: pictures:: schema:: slips:: wznb::

# The manual pages of all commands, in English and in Chinese, below `target/man`; they go below a folder of MANPATH.
man:
    cargo run --release --locked --example man -- target/man

# How long each stage takes.
bench:
    cargo bench --profile release --locked --bench stages

# Whole processes against each other; see `benches/compare.py --help`.
compare *measures="one batch changes check":
    cargo build --release --locked --bin nianbao --example generate
    benches/compare.py {{measures}}

# Where the time of a batch goes within Typst, for pages written with `--format typ`.
profile +pages:
    cargo run --release --locked --example profile -- {{pages}}

# Millions of inputs that no person would write; with NIANBAO_FUZZ_SLOWEST=1 the slowest are shown.
fuzz inputs="10000000":
    NIANBAO_FUZZ={{inputs}} {{suite}} --no-default-features -- fuzz:: --nocapture

# Random prose, read back from the PDF letter by letter.
prose texts="100000":
    NIANBAO_PROSE={{texts}} {{suite}} -- prose:: --nocapture

# A made province of so many organs on three levels, whose every sum is added up once more by the test.
province organs="1000":
    NIANBAO_PROVINCE={{organs}} {{suite}} -- organs::tree --nocapture

# Chinese typed into the page of `edit` by fcitx5 with pinyin; needs the packages that `tests/browser/fcitx` names.
input-method:
    cargo build --release --locked --bin nianbao
    tests/browser/fcitx target/release/nianbao target/input-method

# Licences, sources, bans and advisories of all dependencies; needs cargo-deny and the network. CI looks at all but advisories.
deny:
    cargo deny --locked --workspace check

# The program as it is given to others, with the list of the crates that it is made of in it and beside it; needs cargo-auditable
# and rust-audit-info. `cargo audit bin target/release/nianbao` reads the list out of the program too.
release:
    cargo auditable build --release --locked --bin nianbao
    rust-audit-info target/release/nianbao > target/release/nianbao.crates.json
    sha256sum target/release/nianbao target/release/nianbao.crates.json

# The program for Linux that needs no glibc newer than 2.28, and a Debian package with it, below `target/package`; needs cargo-zigbuild,
# ziglang (both from PyPI) and cargo-deb.
package:
    packaging/package

# Installs that package in a clean root of an older Debian and uses it there; needs root, debootstrap and the network.
try-package:
    packaging/try target/package/*.deb

# Disks that fail, builds that are killed, two builds at once, power cuts; needs strace. The options are those of the first (`--help`).
attack *options:
    cargo build --release --locked
    tests/attack/faults.py {{options}}
    tests/attack/kills.py
    tests/attack/bombs.py
    tests/attack/cuts.py
