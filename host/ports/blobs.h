// Where blobs are kept when memory is short. Thread: any.
#pragma once

#include "core/base/error.h"
#include "host/payload/blob.h"

namespace weft::host {

class Blobs {
 public:
  virtual ~Blobs() = default;
  // The same bytes, in memory or on disk as the store's bound decides. Errors: store.full, store.write; the blob that was
  // given stays good.
  [[nodiscard]] virtual Result<Blob> keep(const Blob& blob) = 0;
};

}  // namespace weft::host
