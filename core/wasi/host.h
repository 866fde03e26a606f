// What core/wasi asks of whoever runs the guest: its memory, its streams, room for file contents, clocks, entropy.
// One implementation per tier: natively these are memcpy and chunk lists, in the browser imports of core.wasm.
// Thread: called only from within Process::call() and resume(), on the caller's thread. Nothing here may block: what is
// not there yet answers pending, and the host calls resume() once it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace weft::wasi {

enum class ContentId : std::uint32_t {};  // the bytes of one file
enum class OutStream : std::uint8_t { out, err };
enum class HostClock : std::uint8_t { realtime, monotonic, process_cpu, thread_cpu };

struct Transfer {
  enum class State : std::uint8_t {
    moved,    // `size` bytes were moved, at least 1; fewer than asked means ask again
    pending,  // nothing there (or no room) now
    ended,    // reading: end of the source. writing: nobody reads any more (EPIPE)
    refused,  // writing: past the output's bound; the try is over
    failed,   // the source or sink itself failed (EIO)
  };
  State state = State::moved;
  std::uint32_t size = 0;
};

// What poll_oneoff tells of a stream.
struct Readiness {
  bool ready = false;
  bool ended = false;         // reading: nothing more will come
  std::uint64_t bytes = 0;    // that can be moved at once, as far as is known
};

class Host {
 public:
  virtual ~Host() = default;

  // The guest's memory. Callers have checked the range against memory_size(), which may grow between calls.
  [[nodiscard]] virtual std::uint64_t memory_size() = 0;
  virtual void load(std::uint32_t address, std::span<std::byte> to) = 0;
  virtual void store(std::uint32_t address, std::span<const std::byte> from) = 0;

  // Streams: payload moves straight between guest memory and the host's blobs. `size` is at least 1 and at most
  // kMaxTransferBytes (limits.h).
  [[nodiscard]] virtual Transfer read_stdin(std::uint32_t address, std::uint32_t size) = 0;
  [[nodiscard]] virtual Transfer write_stream(OutStream stream, std::uint32_t address, std::uint32_t size) = 0;
  [[nodiscard]] virtual Readiness stdin_readiness() = 0;
  [[nodiscard]] virtual Readiness stream_readiness(OutStream stream) = 0;

  // File contents. Ids are the host's to give; new contents are empty, and what a resize adds reads as zeros.
  // Sizes and the tree's bound are kept by core/wasi, so read and write ranges are always inside. Answers false when
  // the host has no room (ENOSPC); then nothing has changed. A content is made when a file first gets bytes and released
  // when its last name and descriptor are gone; what is left when the process ends stays the host's. Contents mounted
  // read-only are never written, resized or released.
  [[nodiscard]] virtual bool create_content(ContentId& id) = 0;
  [[nodiscard]] virtual bool resize_content(ContentId id, std::uint64_t size) = 0;
  virtual void read_content(ContentId id, std::uint64_t offset, std::uint32_t address, std::uint32_t size) = 0;
  [[nodiscard]] virtual bool write_content(ContentId id, std::uint64_t offset, std::uint32_t address,
                                           std::uint32_t size) = 0;
  virtual void release_content(ContentId id) = 0;

  // Used only where the process has no seed. Nanoseconds; realtime since 1970, the others from any origin.
  // 0 from resolution_ns: this clock does not exist here.
  [[nodiscard]] virtual std::uint64_t now_ns(HostClock clock) = 0;
  [[nodiscard]] virtual std::uint64_t resolution_ns(HostClock clock) = 0;
  virtual void entropy(std::span<std::byte> to) = 0;
};

}  // namespace weft::wasi
