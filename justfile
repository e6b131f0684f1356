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

# How much a build adds to `typst compile` of the same page.
bench:
    cargo bench --locked --bench overhead

# How many facts files a second `check` judges.
bench-check:
    cargo bench --locked --no-default-features --bench check

# Millions of inputs that no person would write.
fuzz inputs="10000000":
    NIANBAO_FUZZ={{inputs}} cargo test --release --locked --no-default-features --test fuzz -- --nocapture

# Licences and advisories of all dependencies; needs cargo-deny.
deny:
    cargo deny check
