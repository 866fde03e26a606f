#include "host/store/spill.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "host/store/descriptor.h"
#include "host/store/files.h"

namespace weft::host {

Spill::Spill(Options options)
    : options_(std::move(options)), in_memory_(std::make_shared<std::atomic<std::uint64_t>>(0)) {}

Result<Blob> Spill::keep(const Blob& blob) {
  const std::uint64_t size = blob.size_bytes();
  if (size < options_.at_least_bytes) return blob;
  if (in_memory_->fetch_add(size) + size <= options_.above_bytes)
    return blob.with_owner(std::shared_ptr<void>(nullptr, [counter = in_memory_, size](void*) { counter->fetch_sub(size); }));
  in_memory_->fetch_sub(size);
  return to_disk(blob);
}

Result<Blob> Spill::to_disk(const Blob& blob) {
  const Descriptor file(::open(options_.folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file) return fail("store.write", "payload cannot be spilled to `" + options_.folder + "`: " + std::strerror(errno));
  if (auto written = write_descriptor(file.get(), blob); !written) {
    const bool full = written.error().code == "file.full";
    return fail(full ? "store.full" : "store.write",
                "payload cannot be spilled to `" + options_.folder + "`: " + (full ? "the disk is full" : written.error().message));
  }
  void* at = ::mmap(nullptr, blob.size_bytes(), PROT_READ, MAP_SHARED, file.get(), 0);
  if (at == MAP_FAILED) return fail("store.write", std::string("spilled payload cannot be mapped: ") + std::strerror(errno));
  spilled_ += blob.size_bytes();
  return Blob({{adopt_mapping(at, static_cast<std::size_t>(blob.size_bytes())), 0, static_cast<std::size_t>(blob.size_bytes())}});
}

}  // namespace weft::host
