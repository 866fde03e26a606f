#include "core/wasi/path.h"

#include <utility>

#include "core/base/text.h"
#include "core/wasi/limits.h"

namespace weft::wasi {
namespace {

Errno check_text(std::string_view path) {
  if (path.empty()) return Errno::noent;
  if (path.size() > kMaxPathBytes) return Errno::nametoolong;
  if (path.find('\0') != std::string_view::npos || !is_utf8(path)) return Errno::ilseq;
  if (path.front() == '/') return Errno::notcapable;  // only what lies below the descriptor can be named
  return Errno::success;
}

class Walk {
 public:
  Walk(const Nodes& nodes, NodeId base, std::string_view path, LastLink last)
      : nodes_(nodes), at_(base), rest_(path), last_(last) {}

  Resolution run() {
    while (true) {
      skip_slashes();
      if (rest_.empty()) return named_itself();
      const std::string name = take_name();
      skip_slashes_and_note();
      const bool is_last = rest_.empty();
      if (name == ".") {
        if (is_last) return named_itself();
        continue;
      }
      if (name == "..") {
        if (depth_ == 0) return {Errno::notcapable, {}};
        --depth_;
        at_ = nodes_[at_].parent;
        if (is_last) return named_itself();
        continue;
      }
      if (name.size() > kMaxNameBytes) return {Errno::nametoolong, {}};
      const auto found = nodes_.find(at_, name);
      const bool link = found && nodes_[*found].type == FileType::symbolic_link;
      if (link && (!is_last || last_ == LastLink::follow || slash_after_)) {
        if (const Errno error = follow(nodes_[*found].target, is_last); error != Errno::success) return {error, {}};
        continue;
      }
      if (is_last) return {Errno::success, {at_, name, found, slash_after_}};
      if (!found) return {Errno::noent, {}};
      if (nodes_[*found].type != FileType::directory) return {Errno::notdir, {}};
      at_ = *found;
      ++depth_;
    }
  }

 private:
  Resolution named_itself() const { return {Errno::success, {at_, "", at_, slash_after_}}; }

  void skip_slashes() {
    while (!rest_.empty() && rest_.front() == '/') rest_.erase(0, 1);
  }
  void skip_slashes_and_note() {
    const bool slash = !rest_.empty();
    skip_slashes();
    slash_after_ = slash;
  }

  std::string take_name() {
    const std::size_t slash = rest_.find('/');
    std::string name = rest_.substr(0, slash);
    rest_.erase(0, name.size());
    return name;
  }

  // The link's text takes the place of its name.
  Errno follow(const std::string& target, bool is_last) {
    if (++followed_ > kMaxLinksFollowed) return Errno::loop;
    if (target.starts_with('/')) return Errno::notcapable;
    const bool slash = is_last && slash_after_;
    std::string next = target;
    if (!is_last || slash) next += "/" + rest_;
    if (next.size() > kMaxPathBytes) return Errno::nametoolong;
    rest_ = std::move(next);
    return Errno::success;
  }

  const Nodes& nodes_;
  NodeId at_;
  std::string rest_;
  const LastLink last_;
  std::uint32_t depth_ = 0;  // folders below the base
  std::uint32_t followed_ = 0;
  bool slash_after_ = false;
};

}  // namespace

Resolution resolve(const Nodes& nodes, NodeId base, std::string_view path, LastLink last) {
  if (const Errno error = check_text(path); error != Errno::success) return {error, {}};
  return Walk(nodes, base, path, last).run();
}

std::optional<NodeId> resolve_host_path(const Nodes& nodes, std::string_view path) {
  if (path == "/") return kRoot;
  if (!path.starts_with('/')) return std::nullopt;
  const Resolution found = resolve(nodes, kRoot, path.substr(1), LastLink::follow);
  return found.error == Errno::success ? found.path.node : std::nullopt;
}

}  // namespace weft::wasi
