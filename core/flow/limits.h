// Every bound of a workflow document, in one place. Documents come from anywhere, so each list, string and number has
// one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weft::flow::limits {

// The text and its tree; the readers at the edges keep to these.
inline constexpr std::size_t kDocumentBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kDepth = 32;  // nothing legal is deeper than 5
inline constexpr std::size_t kNodes = 500'000;
inline constexpr std::size_t kBlankLines = 100;  // in a row: libfyaml takes time in their square inside a scalar

inline constexpr std::size_t kSteps = 20'000;
inline constexpr std::size_t kNeeds = 4096;        // of one step
inline constexpr std::size_t kEdges = 1'000'000;   // of one workflow
inline constexpr std::size_t kListEntries = 4096;  // of every other list or map
inline constexpr std::size_t kNameBytes = 63;
inline constexpr std::size_t kPathBytes = 1024;
inline constexpr std::size_t kTextBytes = 64 * 1024;             // one argument, variable or parameter
inline constexpr std::size_t kResolvedBytes = 64 * 1024 * 1024;  // all arguments and variables, parameters put in

inline constexpr std::uint64_t kParallel = 65'536;
inline constexpr std::uint64_t kRetries = 1000;
inline constexpr std::int64_t kBackoffUs = 60'000'000;
inline constexpr std::uint32_t kMinFactorThousandths = 1000;
inline constexpr std::uint32_t kMaxFactorThousandths = 100'000;
inline constexpr std::int64_t kTimeoutUs = 30LL * 24 * 3600 * 1'000'000;
inline constexpr std::uint64_t kMinMemoryBytes = 64 * 1024;                  // one page of WebAssembly
inline constexpr std::uint64_t kMaxMemoryBytes = 4ULL * 1024 * 1024 * 1024;  // all that 32 bits address
inline constexpr std::uint64_t kInstances = 1024;
inline constexpr std::uint64_t kMaxReuse = 1'000'000'000;
inline constexpr std::int32_t kExitCode = 255;

// Diagnostics: how many are kept, and how much of a hostile text is repeated in them.
inline constexpr std::size_t kDiagnostics = 100;
inline constexpr std::size_t kQuotedCodePoints = 60;
inline constexpr std::size_t kSourceLineCodePoints = 160;
inline constexpr std::size_t kCycleSteps = 12;               // named in a cycle's path
inline constexpr std::size_t kSuggestionCells = 20'000'000;  // work that all "did you mean" searches together may do

}  // namespace weft::flow::limits
