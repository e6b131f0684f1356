# What CI runs.
ci:
    bash .ci/run

# Builds every report under reports/.
build:
    cargo run --release --locked -- build

# The tests.
test:
    cargo test --locked

# Renews the golden files under tests/; read the difference before committing it.
bless:
    NIANBAO_BLESS=1 cargo test --locked --test cases --test command_line --test schema --test pictures

# How long each stage takes.
bench:
    cargo bench --locked --bench stages

# Whole processes against each other; see `benches/compare.py --help`.
compare *measures="one batch changes check":
    cargo build --release --locked --bin nianbao --example generate
    benches/compare.py {{measures}}

# Where the time of a batch goes within Typst, for pages written with `--format typ`.
profile +pages:
    cargo run --release --locked --example profile -- {{pages}}

# Millions of inputs that no person would write.
fuzz inputs="10000000":
    NIANBAO_FUZZ={{inputs}} cargo test --release --locked --no-default-features --test fuzz -- --nocapture

# Random prose, read back from the PDF letter by letter.
prose texts="100000":
    NIANBAO_PROSE={{texts}} cargo test --release --locked --test prose -- --nocapture

# Licences and advisories of all dependencies; needs cargo-deny.
deny:
    cargo deny check

# Disks that fail, builds that are killed, two builds at once; needs strace. `tests/attack/*.py --help` says what else can be asked.
attack *options:
    cargo build --locked
    tests/attack/faults.py {{options}}
    tests/attack/kills.py {{options}}
