# bash completion for streamgauge and streamgauge-cli. Commands and options are asked of the programs themselves.

_streamgauge_words() { # what follows: the options of this help, or what an option takes
  local help=$1 previous=$2 current=$3 takes
  takes=$(sed -n "s/^  $previous \([A-Z][^ ]*\|[a-z][^ ]*|[^ ]*\) .*/\1/p" <<<"$help" 2>/dev/null | head -n 1)
  case $takes in
    DIR) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
    FILE | PATH... | GLOB...) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    *'|'*) # a choice; names in capitals stand for something else
      mapfile -t COMPREPLY < <(compgen -W "$(tr '|' '\n' <<<"$takes" | grep -v '[A-Z]')" -- "$current"); return ;;
    [A-Z]*) return ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(grep -o '^  --[a-z-]*' <<<"$help")" -- "$current")
  else
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}

_streamgauge_cli() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  if [ "$COMP_CWORD" = 1 ] || { [ "$COMP_CWORD" = 2 ] && [ "$previous" = help ]; }; then
    mapfile -t COMPREPLY < <(compgen -W "$("$1" help 2>/dev/null | sed -n 's/^  \([a-z-]*\) .*/\1/p')" -- "$current")
    return
  fi
  if [ "$COMP_CWORD" = 2 ] && [ "$previous" = kibana ]; then
    mapfile -t COMPREPLY < <(compgen -W "import open check" -- "$current")
    return
  fi
  _streamgauge_words "$("$1" help "${COMP_WORDS[1]}" 2>/dev/null)" "$previous" "$current"
}

_streamgauge() {
  # those of the window and those that it shares with the terminal
  _streamgauge_words "$("$1" --help 2>/dev/null; streamgauge-cli help run 2>/dev/null)" \
    "${COMP_WORDS[COMP_CWORD - 1]}" "${COMP_WORDS[COMP_CWORD]}"
}

complete -F _streamgauge_cli streamgauge-cli
complete -F _streamgauge streamgauge
