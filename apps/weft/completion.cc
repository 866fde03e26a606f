// `weft completion`: for bash. Verbs and options are asked of weft's own help, so that the script never goes stale.
#include "apps/weft/terminal.h"
#include "apps/weft/verbs.h"

namespace weft::app {
namespace {

constexpr std::string_view kScript = R"bash(_weft() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}
  case $before in
    --mode) COMPREPLY=($(compgen -W "aot jit winch" -- "$word")); return ;;
    --format) COMPREPLY=($(compgen -W "text json" -- "$word")); return ;;
    --output|--logs|--out) COMPREPLY=($(compgen -d -- "$word")); return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "run exec validate compile inspect doctor version completion" -- "$word"))
  elif [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$(weft "$verb" --help 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u)" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _weft weft
)bash";

}  // namespace

int completion() {
  print(Stream::out, kScript);
  return kExitOk;
}

}  // namespace weft::app
