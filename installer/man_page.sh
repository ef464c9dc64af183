#!/bin/bash
# Prints the manual page of streamgauge or streamgauge-cli: what the program's own help says, so that both say the same.
#
#   man_page.sh PROGRAM     the path of the built program
set -euo pipefail
program=$1
name=$(basename "$program")
version=$("$program" --version | cut -d' ' -f2)

# Help as roff: an option with its text is a tagged paragraph, what else there is a paragraph a line.
roff() {
  awk '
    function safe(text) { gsub(/\\/, "\\e", text); gsub(/-/, "\\-", text); if (text ~ /^[.\x27]/) text = "\\&" text; return text }
    /^  --?[a-z]/ {
      line = substr($0, 3)
      at = match(line, /  +/)
      option = at ? substr(line, 1, at - 1) : line
      text = at ? substr(line, at + RLENGTH) : ""
      # a name as long as its column leaves one blank
      if (!at && match(line, /^--[a-z-]+( [A-Z][^ ]*)? /)) { option = substr(line, 1, RLENGTH - 1); text = substr(line, RLENGTH + 1) }
      print ".TP\n\\fB" safe(option) "\\fR\n" safe(text); next
    }
    /^$/ { next }
    { sub(/^ +/, ""); print ".PP\n" safe($0) }'
}

case $name in
  streamgauge) what='real\-time web traffic analytics in a window' ;;
  *) what='web traffic analytics in the terminal' ;;
esac
printf '.TH %s 1 "" "Streamgauge %s" "User Commands"\n.ad l\n.SH NAME\n%s \\- %s\n' "${name^^}" "$version" "${name//-/\\-}" "$what"
if [ "$name" = streamgauge ]; then
  synopsis=$("$program" --help | head -n 1)
  printf '.SH SYNOPSIS\n.B %s\n%s\n.SH DESCRIPTION\n' "$name" "${synopsis#* }"
  "$program" --help | tail -n +2 | roff
else
  printf '.SH SYNOPSIS\n.B %s\nCOMMAND [OPTION]...\n.SH DESCRIPTION\n' "${name//-/\\-}"
  printf 'Reads access logs, or makes one, in micro\\-batches; accounts for every line; delivers to Elasticsearch.\n.SH COMMANDS\n'
  for command in $("$program" help | sed -n 's/^  \([a-z]*\) .*/\1/p' | grep -vx help); do
    printf '.SS %s\n' "$command"
    "$program" help "$command" | roff
  done
fi
cat <<'END'
.SH FILES
.TP
.I ~/.local/share/streamgauge
chunks, store and books, unless \-\-data says otherwise
.TP
.I ~/.config/streamgauge
settings of the window; profile.toml and service.conf of the user service streamgauge.service
.TP
.I /usr/share/doc/streamgauge/examples
both of them, to be copied
.SH SEE ALSO
.BR streamgauge (1),
.BR streamgauge\-cli (1),
.BR systemctl (1)
END
