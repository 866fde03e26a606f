#include "core/wasi/path.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/wasi/limits.h"

namespace weft::wasi {
namespace {

// One lookup under way: where it stands and what of the path is still to come.
class Walk {
 public:
  Walk(const NodeStore& nodes, NodeId base, std::string_view path) : nodes_(nodes), folder_(base), rest_(path) {}

  std::expected<Place, Errno> run(LastLink last_link) {
    for (;;) {
      const std::string_view name = take_name();
      const bool is_last = rest_.empty();
      if (name == "." || name == "..") {
        if (name == ".." && !climb()) return std::unexpected(Errno::perm);
        if (is_last) return Place{folder_, {}, folder_, false};
        continue;
      }
      if (name.size() > kMaxNameBytes) return std::unexpected(Errno::nametoolong);
      const std::optional<NodeId> node = nodes_.find(folder_, name);
      const bool is_link = node && nodes_.at(*node).type == FileType::link;
      if (is_link && (!is_last || follows(last_link))) {
        if (const Errno error = follow(*node); error != Errno::success) return std::unexpected(error);
        continue;
      }
      if (is_last) return Place{folder_, std::string(name), node, slash_after_};
      if (!node) return std::unexpected(Errno::noent);
      if (nodes_.at(*node).type != FileType::folder) return std::unexpected(Errno::notdir);
      folder_ = *node;
      ++depth_;
    }
  }

 private:
  std::string_view take_name() {
    const std::size_t end = std::min(rest_.find('/'), rest_.size());
    const std::string_view name = rest_.substr(0, end);
    const std::size_t next = std::min(rest_.find_first_not_of('/', end), rest_.size());
    slash_after_ = next > end;
    rest_.remove_prefix(next);
    return name;
  }

  bool climb() {
    if (depth_ == 0) return false;
    folder_ = nodes_.at(folder_).folder->parent;
    --depth_;
    return true;
  }

  [[nodiscard]] bool follows(LastLink last_link) const {
    return last_link == LastLink::follow || (last_link == LastLink::if_folder && slash_after_);
  }

  // Puts the link's target in front of what is still to come.
  Errno follow(NodeId link) {
    if (++links_ > kMaxLinksFollowed) return Errno::loop;
    const std::string& target = nodes_.at(link).target;
    if (target.empty()) return Errno::noent;
    if (target.front() == '/') return Errno::perm;
    std::string joined = target;
    if (slash_after_) joined += '/';
    joined += rest_;
    text_.swap(joined);
    rest_ = text_;
    return Errno::success;
  }

  const NodeStore& nodes_;
  NodeId folder_;
  std::string_view rest_;
  std::string text_;  // what rest_ looks at once a link was followed
  std::uint32_t depth_ = 0;
  std::uint32_t links_ = 0;
  bool slash_after_ = false;
};

}  // namespace

Errno check_path(std::string_view path) {
  if (path.empty()) return Errno::noent;
  if (path.size() > kMaxPathBytes) return Errno::nametoolong;
  if (path.find('\0') != std::string_view::npos) return Errno::inval;
  if (!is_utf8(path)) return Errno::ilseq;
  if (path.front() == '/') return Errno::perm;
  return Errno::success;
}

std::expected<Place, Errno> resolve(const NodeStore& nodes, NodeId base, std::string_view path, LastLink last_link) {
  return Walk(nodes, base, path).run(last_link);
}

}  // namespace weft::wasi
