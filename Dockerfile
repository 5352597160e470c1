# One program, all parts: docker-compose.yml runs it as api and as projector.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
# The image's own toolchain: rust-toolchain.toml would add components that only developers need.
ENV RUSTUP_TOOLCHAIN=1.95.0 SQLX_OFFLINE=true
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package tallybook && cp target/release/tallybook /usr/local/bin/

FROM debian:bookworm-slim AS tallybook
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/tallybook tallybook
COPY --from=build /usr/local/bin/tallybook /usr/local/bin/tallybook
USER tallybook
WORKDIR /var/lib/tallybook
ENV TALLYBOOK_HOST=0.0.0.0 TALLYBOOK_PORT=8080
EXPOSE 8080
ENTRYPOINT ["tallybook"]
CMD ["api"]
