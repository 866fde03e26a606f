#include "host/driver/asio_loop.h"

#include <time.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

namespace weft::host {
namespace asio = boost::asio;

struct AsioLoop::State {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
};

namespace {

// A wait of Asio's: when it is destroyed first, its task is never called, even if the event has happened already.
template <class Object>
class AsioPending final : public Pending {
 public:
  AsioPending(Object object, Task task)
      : shared_(std::make_shared<Shared>(Shared{std::move(object), std::move(task), false})) {}
  ~AsioPending() override { shared_->dropped = true; }

  template <class Begin>
  void begin(Begin begin) {
    begin(shared_->object, [shared = std::weak_ptr(shared_)](const boost::system::error_code& error) {
      const auto held = shared.lock();
      if (!held || held->dropped || error == asio::error::operation_aborted) return;
      Task task = std::move(held->task);
      task();
    });
  }
  [[nodiscard]] Object& object() { return shared_->object; }

 private:
  struct Shared {
    Object object;
    Task task;
    bool dropped;
  };
  std::shared_ptr<Shared> shared_;
};

// Watches a descriptor that belongs to somebody else: given back, not closed.
struct Watched {
  explicit Watched(asio::io_context& context, int descriptor) : stream(context) {
    boost::system::error_code error;
    stream.assign(descriptor, error);
    good = !error;
  }
  Watched(Watched&&) = default;
  ~Watched() {
    if (good && stream.is_open()) stream.release();
  }
  asio::posix::stream_descriptor stream;
  bool good = false;
};

}  // namespace

AsioLoop::AsioLoop() : state_(std::make_unique<State>()) {}
AsioLoop::~AsioLoop() = default;

void AsioLoop::post(Task task) { asio::post(state_->context, std::move(task)); }

std::uint64_t AsioLoop::now_ns() const {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
}

std::unique_ptr<Pending> AsioLoop::at(std::uint64_t deadline_ns, Task task) {
  using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC, as now_ns()
  asio::steady_timer timer(state_->context);
  const auto far = static_cast<std::uint64_t>(INT64_MAX);
  timer.expires_at(Clock::time_point(std::chrono::nanoseconds(deadline_ns < far ? deadline_ns : far)));
  auto pending = std::make_unique<AsioPending<asio::steady_timer>>(std::move(timer), std::move(task));
  pending->begin([](asio::steady_timer& t, auto handler) { t.async_wait(std::move(handler)); });
  return pending;
}

std::unique_ptr<Pending> AsioLoop::when(int descriptor, Direction direction, Task task) {
  auto pending = std::make_unique<AsioPending<Watched>>(Watched(state_->context, descriptor), std::move(task));
  const auto wait = direction == Direction::readable ? asio::posix::stream_descriptor::wait_read
                                                     : asio::posix::stream_descriptor::wait_write;
  // A descriptor that cannot be watched (a file) is always ready.
  pending->begin([&](Watched& watched, auto handler) {
    if (watched.good) return watched.stream.async_wait(wait, std::move(handler));
    asio::post(state_->context, [handler = std::move(handler)]() mutable { handler(boost::system::error_code()); });
  });
  return pending;
}

void AsioLoop::run() { state_->context.run(); }
void AsioLoop::stop() { state_->context.stop(); }

}  // namespace weft::host
