// Every bound of core/flow: what a document may be.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weft::flow {

constexpr std::size_t kMaxDocumentBytes = 16U << 20;
constexpr std::size_t kMaxDepth = 32;               // of the document's tree; ours needs 5
constexpr std::size_t kMaxDiagnostics = 100;        // kept; the rest is counted
constexpr std::size_t kMaxSteps = 20'000;
constexpr std::size_t kMaxNeeds = 1024;             // of one step
constexpr std::size_t kMaxListEntries = 4096;       // args, env, outputs, params, files, ...
constexpr std::size_t kMaxTextBytes = 64 * 1024;    // of one argument or value
constexpr std::size_t kMaxPathBytes = 4096;
constexpr std::size_t kMaxFileNameBytes = 255;
constexpr std::uint32_t kMaxParallel = 4096;
constexpr std::uint32_t kMaxRetries = 100;
constexpr std::int64_t kMaxBackoffUs = 60'000'000;  // SPEC section 1
constexpr std::uint32_t kMaxFactorThousandths = 100'000;
constexpr std::uint32_t kMaxInstances = 4096;
constexpr std::int64_t kMaxDurationUs = 366LL * 24 * 3600 * 1'000'000;
constexpr std::uint64_t kMinMemoryBytes = 64 * 1024;    // one page
constexpr std::uint64_t kMaxMemoryBytes = 4ULL << 30;   // all that wasm32 can address
constexpr std::uint64_t kDefaultMemoryBytes = 1ULL << 30;  // SPEC section 1, defaults
constexpr std::size_t kShownLineColumns = 160;      // of an offending line

}  // namespace weft::flow
