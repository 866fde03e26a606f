#include "host/driver/items.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/wire/frame.h"

namespace weft::host {
namespace {

Result<std::vector<Blob>> split_frames(const Blob& blob, std::uint32_t max_items) {
  std::vector<Blob> items;
  std::uint64_t at = 0;
  while (at < blob.size_bytes() && items.size() <= max_items) {
    if (blob.size_bytes() - at < wire::kHeaderBytes)
      return fail("frame.truncated", "the frames end in the middle of an envelope");
    const std::string head = blob.slice(at, wire::kHeaderBytes).to_string();
    std::array<std::byte, wire::kHeaderBytes> bytes;
    std::memcpy(bytes.data(), head.data(), bytes.size());
    const auto header = wire::decode_header(bytes);
    if (!header) return std::unexpected(header.error());
    if (header->flags != 0) return fail("frame.flags", "a frame among the items has flags; items are plain frames");
    at += wire::kHeaderBytes;
    if (blob.size_bytes() - at < header->size_bytes) return fail("frame.truncated", "the frames end in the middle of a payload");
    items.push_back(blob.slice(at, header->size_bytes));
    at += header->size_bytes;
  }
  return items;
}

std::vector<Blob> split_lines(const Blob& blob, std::uint32_t max_items) {
  std::vector<Blob> items;
  std::uint64_t begin = 0;  // of the current line
  std::uint64_t at = 0;     // what has been looked at
  while (begin < blob.size_bytes() && items.size() <= max_items) {
    const std::span<const std::byte> run = blob.at(at);
    if (run.empty()) {
      items.push_back(blob.slice(begin, at - begin));
      break;
    }
    const auto newline = std::find(run.begin(), run.end(), std::byte{'\n'});
    at += static_cast<std::uint64_t>(newline - run.begin());
    if (newline == run.end()) continue;
    items.push_back(blob.slice(begin, at - begin));
    begin = ++at;
  }
  return items;
}

bool ends_with_newline(const Blob& blob) {
  const auto last = blob.pieces().back().bytes();
  return last.back() == std::byte{'\n'};
}

}  // namespace

Result<std::vector<Blob>> split_items(const Blob& blob, flow::Each each, std::uint32_t max_items) {
  if (each == flow::Each::frames) return split_frames(blob, max_items);
  return split_lines(blob, max_items);
}

Blob to_frame(const Blob& payload) {
  const auto header = wire::encode_header({0, static_cast<std::uint32_t>(payload.size_bytes())});
  return Blob::join(std::array{Blob::copy_of(header), payload});
}

Blob join_items(std::span<const Blob> answers, flow::Each each) {
  std::vector<Blob> parts;
  parts.reserve(answers.size() * 2);
  const Blob newline = Blob::copy_of("\n");
  for (const Blob& answer : answers) {
    if (each == flow::Each::frames) {
      parts.push_back(Blob::copy_of(wire::encode_header({0, static_cast<std::uint32_t>(answer.size_bytes())})));
      parts.push_back(answer);
    } else if (!answer.empty()) {
      parts.push_back(answer);
      if (!ends_with_newline(answer)) parts.push_back(newline);
    }
  }
  return Blob::join(parts);
}

}  // namespace weft::host
