#include "apps/weft/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace weft::app {
namespace {

int descriptor(Stream stream) { return stream == Stream::out ? STDOUT_FILENO : STDERR_FILENO; }

}  // namespace

bool is_terminal(Stream stream) { return ::isatty(descriptor(stream)) == 1; }

bool wants_color(Stream stream) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return is_terminal(stream) && (no_color == nullptr || *no_color == '\0') && !dumb;
}

unsigned width(Stream stream) {
  winsize size{};
  if (::ioctl(descriptor(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 100;
}

void print(Stream stream, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(descriptor(stream), text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
}

void print_error(const Error& error) {
  const bool color = wants_color(Stream::err);
  print(Stream::err, std::string(color ? "\x1b[31m" : "") + "error[" + error.code + "]" + (color ? "\x1b[0m" : "") + ": " + error.message + "\n");
}

}  // namespace weft::app
