# Sourced by the scripts of the real servers: what they share. DIR holds pid, port and what the server printed.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/streamgauge

await_end() {
    for _ in $(seq 600); do
        [ -d "/proc/$1" ] || return 0
        [ "$(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null || echo Z)" = Z ] && return 0
        sleep 0.05
    done
    return 1
}

# locked COMMAND...: several test programs may fetch at once
locked() {
    mkdir -p "$cache"
    (flock 9 && "$@" 9>&-) 9> "$cache/.fetching"
}

# unreachable WHAT: as the tests know it
unreachable() {
    echo "$1 cannot be fetched" >&2
    exit 3
}

# await_port PID SCHEME: until the server listens and is started; prints its URL and keeps the port
await_port() {
    local port=
    for _ in $(seq 2400); do
        port=$(sed -n 's/.*HttpServerTransport.*publish_address {127\.0\.0\.1:\([0-9]*\)}.*/\1/p' "$dir/out" | head -1)
        [ -n "$port" ] && grep -q 'started$\|\] started' "$dir/out" && break
        if [ ! -d "/proc/$1" ]; then
            tail -20 "$dir/out" >&2
            exit 1
        fi
        port=
        sleep 0.05
    done
    [ -n "$port" ] || { tail -20 "$dir/out" >&2; kill -9 "$1"; exit 1; }
    echo "$port" > "$dir/port"
    echo "$2://127.0.0.1:$port"
}

# The verbs that are the same for each.
lifecycle() {
    case $1 in
    stop) kill "$(cat "$dir/pid")" && await_end "$(cat "$dir/pid")" ;;
    kill9) kill -9 "$(cat "$dir/pid")" && await_end "$(cat "$dir/pid")" ;;
    pause) kill -STOP "$(cat "$dir/pid")" ;;
    resume) kill -CONT "$(cat "$dir/pid")" ;;
    *) echo "unknown verb $1" >&2; exit 2 ;;
    esac
}
