#include "core/wasi/fake_guest.h"

namespace weft::wasi::test {
namespace {

using enum Errno;
using Kind = Answer::Kind;
constexpr std::uint32_t kCreate = oflags::kCreate;

TEST(Stdin, FillsTheAskedLengthHoweverItArrives) {
  Guest guest;
  guest.host.input = {"ab", "cde", "", "f"};
  EXPECT_EQ(guest.read(0, 4), "abcd");
  guest.iovecs({{Guest::kData, 4}});
  EXPECT_EQ(guest.raw(Function::fd_read, {0, Guest::kIovecs, 1, Guest::kOut}).kind, Kind::pending);
  EXPECT_TRUE(guest.process.wait().stdin_readable);
  EXPECT_FALSE(guest.process.wait().stdout_writable);
  EXPECT_EQ(guest.process.resume().kind, Kind::done);
  EXPECT_FALSE(guest.process.wait().stdin_readable);
  EXPECT_EQ(guest.text(Guest::kData, guest.u32_at(Guest::kOut)), "ef") << "short only at the end";
  EXPECT_EQ(guest.read(0), "");
}

TEST(Stdin, StaysPendingUntilSomethingComes) {
  Guest guest;
  guest.host.input = {"", "", "", "x"};
  guest.iovecs({{Guest::kData, 1}});
  EXPECT_EQ(guest.raw(Function::fd_read, {0, Guest::kIovecs, 1, Guest::kOut}).kind, Kind::pending);
  EXPECT_EQ(guest.process.resume().kind, Kind::pending);
  EXPECT_TRUE(guest.process.wait().stdin_readable);
  EXPECT_EQ(guest.process.resume().kind, Kind::pending);
  EXPECT_EQ(guest.process.resume().kind, Kind::done);
}

TEST(Stdin, GivesWhatIsThereWhereSomebodyTypes) {
  wasi::Setup setup;
  setup.stdin_kind = wasi::Setup::StdinKind::interactive;
  Guest guest(std::move(setup));
  guest.host.input = {"line\n", "more\n"};
  EXPECT_EQ(guest.read(0, 100), "line\n");
  EXPECT_EQ(guest.read(0, 100), "more\n");
  EXPECT_EQ(guest.fdstat(0)->type, FileType::character_device);
  EXPECT_EQ(guest.fdstat(0)->base & (rights::kFdSeek | rights::kFdTell), 0U) << "so isatty() holds";
}

TEST(Stdin, OfFramesGivesUpToTheEndOfTheFrameThatIsThere) {
  wasi::Setup setup;
  setup.stdin_kind = Setup::StdinKind::frames;
  Guest guest(setup);
  guest.host.input = {"frame", ""};
  EXPECT_EQ(guest.read(0, 3), "fra");
  EXPECT_EQ(guest.read(0, 100), "me");  // a reader that buffers asks for more than there is
  guest.iovecs({{Guest::kData, 9}});
  guest.host.input = {""};
  EXPECT_EQ(guest.raw(Function::fd_read, {0, Guest::kIovecs, 1, Guest::kOut}).kind, Answer::Kind::pending);
}

TEST(Stdin, AnswersAgainAtOnceWhereItMustNotBlock) {
  Guest guest;
  ASSERT_EQ(guest.call(Function::fd_fdstat_set_flags, {0, fdflags::kNonblock}), success);
  EXPECT_EQ(guest.fdstat(0)->flags, fdflags::kNonblock);
  guest.host.input = {"", "ab", "", "c"};
  EXPECT_EQ(guest.try_read(0, 4), again);
  EXPECT_EQ(guest.read(0, 4), "ab");
  EXPECT_EQ(guest.read(0, 4), "c");
}

TEST(Stdin, BlocksAllTheSameWithASeedSoThatArrivalNeverShows) {
  Guest guest(seeded());
  ASSERT_EQ(guest.call(Function::fd_fdstat_set_flags, {0, fdflags::kNonblock}), success);
  guest.host.input = {"", "ab", "", "cd"};
  EXPECT_EQ(guest.read(0, 4), "abcd");
}

TEST(Stdin, TellsAFailureOnceWhatCameBeforeIsRead) {
  Guest guest;
  guest.host.input = {"ab"};
  guest.host.input_end = Transfer::State::failed;
  EXPECT_EQ(guest.read(0, 4), "ab");
  EXPECT_EQ(guest.try_read(0, 4), io);
  guest.host.input_end = Transfer::State::refused;
  EXPECT_EQ(guest.try_read(0, 4), io);
}

TEST(Stdout, TakesEverythingInPieces) {
  Guest guest;
  guest.host.most_at_once = 3;
  EXPECT_EQ(guest.write(1, "hello world"), 11U);
  EXPECT_EQ(guest.host.out, "hello world");
}

TEST(Stdout, WaitsForRoom) {
  Guest guest;
  guest.host.out_script = {Transfer::State::pending};
  guest.put(Guest::kData, "abc");
  guest.iovecs({{Guest::kData, 3}});
  EXPECT_EQ(guest.raw(Function::fd_write, {1, Guest::kIovecs, 1, Guest::kOut}).kind, Kind::pending);
  EXPECT_TRUE(guest.process.wait().stdout_writable);
  EXPECT_EQ(guest.process.resume().kind, Kind::done);
  EXPECT_EQ(guest.host.out, "abc");
}

TEST(Stdout, DoesNotWaitWhereItMustNotBlock) {
  Guest guest;
  ASSERT_EQ(guest.call(Function::fd_fdstat_set_flags, {1, fdflags::kNonblock}), success);
  guest.host.out_script = {Transfer::State::pending};
  EXPECT_EQ(guest.try_write(1, "abc"), again);
  guest.host.most_at_once = 2;
  guest.host.out_script = {Transfer::State::moved, Transfer::State::pending};
  EXPECT_EQ(guest.write(1, "abc"), 2U);
}

TEST(Stdout, PastItsBoundEndsTheTry) {
  Guest guest;
  guest.host.out_bound = 4;
  EXPECT_EQ(guest.write(1, "abcd"), 4U);
  guest.iovecs({{Guest::kData, 1}});
  EXPECT_EQ(guest.raw(Function::fd_write, {1, Guest::kIovecs, 1, Guest::kOut}).kind, Kind::killed);
}

TEST(Stdout, ThatNobodyReadsIsABrokenPipe) {
  Guest guest;
  guest.host.out_script = {Transfer::State::ended, Transfer::State::failed, Transfer::State::moved,
                           Transfer::State::ended};
  EXPECT_EQ(guest.try_write(1, "x"), pipe);
  EXPECT_EQ(guest.try_write(1, "x"), io);
  guest.host.most_at_once = 1;
  EXPECT_EQ(guest.write(1, "xy"), 1U) << "what was written is told first";
}

TEST(Stderr, PastItsBoundIsDroppedAndCounted) {
  wasi::Setup setup;
  setup.bounds.log_bytes = 5;
  Guest guest(std::move(setup));
  EXPECT_EQ(guest.write(2, "abc"), 3U);
  EXPECT_EQ(guest.write(2, "defg"), 4U);
  EXPECT_EQ(guest.write(2, "hi"), 2U);
  EXPECT_EQ(guest.host.err, "abcde");
  EXPECT_EQ(guest.process.log_bytes(), 5U);
  EXPECT_EQ(guest.process.dropped_log_bytes(), 4U);
}

TEST(Stderr, WaitsBreaksAndFailsLikeStdout) {
  Guest guest;
  guest.host.err_script = {Transfer::State::pending, Transfer::State::moved, Transfer::State::ended,
                           Transfer::State::failed};
  guest.put(Guest::kData, "x");
  guest.iovecs({{Guest::kData, 1}});
  EXPECT_EQ(guest.raw(Function::fd_write, {2, Guest::kIovecs, 1, Guest::kOut}).kind, Kind::pending);
  EXPECT_TRUE(guest.process.wait().stderr_writable);
  EXPECT_EQ(guest.process.resume().kind, Kind::done);
  EXPECT_EQ(guest.try_write(2, "x"), pipe);
  EXPECT_EQ(guest.try_write(2, "x"), io);
  ASSERT_EQ(guest.call(Function::fd_fdstat_set_flags, {2, fdflags::kNonblock}), success);
  guest.host.err_script = {Transfer::State::pending, Transfer::State::refused};
  EXPECT_EQ(guest.try_write(2, "x"), again);
  EXPECT_EQ(guest.raw(Function::fd_write, {2, Guest::kIovecs, 1, Guest::kOut}).kind, Kind::killed);
}

TEST(Streams, GoOneWayAndHaveNoPositions) {
  Guest guest;
  EXPECT_EQ(guest.try_write(0, "x"), badf);
  EXPECT_EQ(guest.try_read(1, 1), badf);
  for (std::uint64_t fd : {0, 1, 2}) {
    EXPECT_EQ(guest.call(Function::fd_pread, {fd, Guest::kIovecs, 0, 0, Guest::kOut}), spipe);
    EXPECT_EQ(guest.call(Function::fd_pwrite, {fd, Guest::kIovecs, 0, 0, Guest::kOut}), spipe);
    EXPECT_EQ(guest.call(Function::fd_seek, {fd, 0, kWhenceCurrent, Guest::kOut}), spipe);
    EXPECT_EQ(guest.call(Function::fd_tell, {fd, Guest::kOut}), spipe);
    EXPECT_EQ(guest.call(Function::fd_sync, {fd}), inval);
    EXPECT_EQ(guest.call(Function::fd_datasync, {fd}), inval);
    EXPECT_EQ(guest.call(Function::fd_filestat_set_size, {fd, 0}), inval);
    EXPECT_EQ(guest.call(Function::fd_filestat_set_times, {fd, 0, 0, 0}), notcapable);
    EXPECT_EQ(guest.call(Function::fd_advise, {fd, 0, 0, 0}), spipe);
    EXPECT_EQ(guest.call(Function::fd_allocate, {fd, 0, 1}), spipe);
    EXPECT_EQ(guest.fdstat(static_cast<std::uint32_t>(fd))->type, FileType::unknown) << "so libc buffers fully";
    EXPECT_EQ(guest.fstat(static_cast<std::uint32_t>(fd))->type, FileType::unknown);
  }
}

TEST(Transfers, LongerThanASliceAnswerMoreInBetween) {
  Guest guest;
  guest.host.memory.resize(4U << 20);
  const std::uint32_t size = 3 * kMaxTransferBytes - 1;
  const std::uint32_t fd = guest.opened("file", kCreate);
  for (const std::uint64_t to : {std::uint64_t{fd}, std::uint64_t{1}}) {
    guest.iovecs({{Guest::kData, size}});
    EXPECT_EQ(guest.raw(Function::fd_write, {to, Guest::kIovecs, 1, Guest::kOut}).kind, Kind::more);
    EXPECT_EQ(guest.process.resume().kind, Kind::more);
    EXPECT_EQ(guest.process.resume().kind, Kind::done);
    EXPECT_EQ(guest.u32_at(Guest::kOut), size);
  }
  EXPECT_EQ(guest.host.out.size(), size);
  EXPECT_EQ(guest.fstat(fd)->size, size);
  EXPECT_EQ(guest.host.largest_transfer, kMaxTransferBytes);
  ASSERT_EQ(guest.seek(fd, 0, kWhenceSet), 0U);
  guest.iovecs({{Guest::kData, size}});
  EXPECT_EQ(guest.raw(Function::fd_read, {fd, Guest::kIovecs, 1, Guest::kOut}).kind, Kind::more);
  EXPECT_EQ(guest.process.resume().kind, Kind::more);
  EXPECT_EQ(guest.process.resume().kind, Kind::done);
  EXPECT_EQ(guest.u32_at(Guest::kOut), size);
}

TEST(Transfers, ThatFillASliceExactlyAreDone) {
  Guest guest;
  guest.host.memory.resize(4U << 20);
  guest.iovecs({{Guest::kData, kMaxTransferBytes}});
  EXPECT_EQ(guest.raw(Function::fd_write, {1, Guest::kIovecs, 1, Guest::kOut}).kind, Kind::done);
}

TEST(Iovecs, MayBeEmptyManyAndOverlapping) {
  Guest guest;
  guest.put(Guest::kData, "abcdef");
  guest.iovecs({{Guest::kData, 3}, {0, 0}, {Guest::kData + 1, 3}, {1 << 20, 0}, {Guest::kData + 5, 1}});
  EXPECT_EQ(guest.call(Function::fd_write, {1, Guest::kIovecs, 5, Guest::kOut}), success);
  EXPECT_EQ(guest.host.out, "abcbcdf");
  EXPECT_EQ(guest.u32_at(Guest::kOut), 7U);
  EXPECT_EQ(guest.call(Function::fd_write, {1, Guest::kIovecs, 0, Guest::kOut}), success);
  EXPECT_EQ(guest.u32_at(Guest::kOut), 0U);
}

TEST(Iovecs, AreReadOnceSoThatWhatIsReadMayLandOnThem) {
  Guest guest;
  guest.host.input = {std::string(16, '\xff'), "", "rest"};
  guest.iovecs({{Guest::kIovecs, 16}, {Guest::kData, 4}});
  EXPECT_EQ(guest.call(Function::fd_read, {0, Guest::kIovecs, 2, Guest::kOut}), success);
  EXPECT_EQ(guest.u32_at(Guest::kOut), 20U);
  EXPECT_EQ(guest.text(Guest::kData, 4), "rest");
}

TEST(Iovecs, AreAllCheckedBeforeAnythingMoves) {
  Guest guest;
  guest.iovecs({{Guest::kData, 1}, {(1 << 20) - 1, 2}});
  EXPECT_EQ(guest.call(Function::fd_write, {1, Guest::kIovecs, 2, Guest::kOut}), fault);
  guest.iovecs({{Guest::kData, 1}, {0xFFFFFFFF, 0xFFFFFFFF}});
  EXPECT_EQ(guest.call(Function::fd_write, {1, Guest::kIovecs, 2, Guest::kOut}), fault);
  guest.iovecs({{Guest::kData, 1}});
  EXPECT_EQ(guest.call(Function::fd_write, {1, Guest::kIovecs, 1, 0xFFFFFFFF}), fault);
  EXPECT_EQ(guest.call(Function::fd_write, {1, Guest::kIovecs, 0xFFFFFFFF, Guest::kOut}), fault);
  EXPECT_EQ(guest.call(Function::fd_write, {1, Guest::kIovecs, kMaxIovecs + 1, Guest::kOut}), inval);
  EXPECT_EQ(guest.host.out, "");
}

TEST(Iovecs, OfMoreThanFourGibibytesAreCutThere) {
  Guest guest;
  for (std::uint32_t i = 0; i < kMaxIovecs; ++i) {
    guest.put_u32(Guest::kIovecs + 8 * i, 0);
    guest.put_u32(Guest::kIovecs + 8 * i + 4, 1 << 20);
  }
  guest.put_u32(Guest::kIovecs + 4, 1 << 20);
  guest.host.out_script = {Transfer::State::ended};
  EXPECT_EQ(guest.call(Function::fd_write, {1, Guest::kIovecs, kMaxIovecs, Guest::kOut}), pipe);
}

TEST(Files, ReadAndWriteAtTheirOffset) {
  Guest guest;
  const std::uint32_t fd = guest.opened("file", kCreate);
  EXPECT_EQ(guest.write(fd, "0123456789"), 10U);
  EXPECT_EQ(guest.seek(fd, -8, kWhenceEnd), 2U);
  EXPECT_EQ(guest.read(fd, 3), "234");
  EXPECT_EQ(guest.call(Function::fd_tell, {fd, Guest::kOut}), success);
  EXPECT_EQ(guest.u64_at(Guest::kOut), 5U);
  EXPECT_EQ(guest.write(fd, "xy"), 2U);
  EXPECT_EQ(guest.contents("file"), "01234xy789");
  EXPECT_EQ(guest.seek(fd, 100, kWhenceSet), 100U);
  EXPECT_EQ(guest.read(fd), "") << "past the end there is nothing";
}

TEST(Files, ReadZerosWhereNothingWasWritten) {
  Guest guest;
  const std::uint32_t fd = guest.opened("file", kCreate);
  ASSERT_EQ(guest.seek(fd, 4, kWhenceSet), 4U);
  EXPECT_EQ(guest.write(fd, "x"), 1U);
  EXPECT_EQ(guest.contents("file"), std::string("\0\0\0\0x", 5));
}

TEST(Files, AppendAtTheEndWhereverTheyStand) {
  Guest guest;
  const std::uint32_t fd = guest.opened("file", kCreate, kReadWrite, fdflags::kAppend);
  EXPECT_EQ(guest.write(fd, "ab"), 2U);
  ASSERT_EQ(guest.seek(fd, 0, kWhenceSet), 0U);
  EXPECT_EQ(guest.write(fd, "cd"), 2U);
  EXPECT_EQ(guest.seek(fd, 0, kWhenceCurrent), 4U);
  EXPECT_EQ(guest.contents("file"), "abcd");
  guest.put(Guest::kData, "XYZ");
  guest.iovecs({{Guest::kData, 3}});
  EXPECT_EQ(guest.call(Function::fd_pwrite, {fd, Guest::kIovecs, 1, 0, Guest::kOut}), success);
  EXPECT_EQ(guest.contents("file"), "abcdXYZ") << "pwrite too, as on Linux";
  EXPECT_EQ(guest.seek(fd, 0, kWhenceCurrent), 4U) << "but it leaves the descriptor where it stands";
  EXPECT_EQ(guest.call(Function::fd_fdstat_set_flags, {fd, 0}), success);
  ASSERT_EQ(guest.seek(fd, 0, kWhenceSet), 0U);
  EXPECT_EQ(guest.write(fd, "0"), 1U);
  EXPECT_EQ(guest.contents("file"), "0bcdXYZ");
}

TEST(Files, PositionedTransfersLeaveTheOffsetAlone) {
  Guest guest;
  const std::uint32_t fd = guest.opened("file", kCreate);
  EXPECT_EQ(guest.write(fd, "0123"), 4U);
  guest.iovecs({{Guest::kData, 2}, {Guest::kData + 10, 5}});
  EXPECT_EQ(guest.call(Function::fd_pread, {fd, Guest::kIovecs, 2, 1, Guest::kOut}), success);
  EXPECT_EQ(guest.u32_at(Guest::kOut), 3U);
  EXPECT_EQ(guest.text(Guest::kData, 2), "12");
  EXPECT_EQ(guest.text(Guest::kData + 10, 1), "3");
  EXPECT_EQ(guest.seek(fd, 0, kWhenceCurrent), 4U);
  const std::uint64_t negative = UINT64_MAX;
  EXPECT_EQ(guest.call(Function::fd_pread, {fd, Guest::kIovecs, 2, negative, Guest::kOut}), inval);
  EXPECT_EQ(guest.call(Function::fd_pwrite, {fd, Guest::kIovecs, 2, negative, Guest::kOut}), inval);
}

TEST(Files, AreReadAndWrittenOnlyWithTheRight) {
  Guest guest;
  guest.make("file", "x");
  const std::uint32_t reader = guest.opened("file", 0, rights::kFdRead);
  EXPECT_EQ(guest.fdstat(reader)->base & kReadWrite, rights::kFdRead);
  EXPECT_EQ(guest.try_write(reader, "y"), badf);
  const std::uint32_t writer = guest.opened("file", 0, rights::kFdWrite);
  EXPECT_EQ(guest.fdstat(writer)->base & kReadWrite, rights::kFdWrite);
  EXPECT_EQ(guest.try_read(writer, 1), badf);
  EXPECT_EQ(guest.try_read(guest.opened("file", 0, 0), 1), badf);
}

TEST(Files, DoNotGrowByWritingNothing) {
  Guest guest;
  const std::uint32_t fd = guest.opened("file", kCreate);
  guest.iovecs({{Guest::kData, 0}});
  EXPECT_EQ(guest.call(Function::fd_pwrite, {fd, Guest::kIovecs, 1, 50, Guest::kOut}), success);
  EXPECT_EQ(guest.u32_at(Guest::kOut), 0U);
  EXPECT_EQ(guest.fstat(fd)->size, 0U);
  guest.iovecs({{Guest::kData, 1}});
  EXPECT_EQ(guest.call(Function::fd_pwrite, {fd, Guest::kIovecs, 1, 50, Guest::kOut}), success);
  EXPECT_EQ(guest.fstat(fd)->size, 51U);
  EXPECT_EQ(guest.seek(fd, 0, kWhenceCurrent), 0U);
}

TEST(Files, SeekFromStartHereAndEndWithinSixtyThreeBits) {
  Guest guest;
  const std::uint32_t fd = guest.opened("file", kCreate);
  EXPECT_EQ(guest.write(fd, "0123"), 4U);
  EXPECT_EQ(guest.seek(fd, -5, kWhenceCurrent).error(), inval);
  EXPECT_EQ(guest.seek(fd, -1, kWhenceSet).error(), inval);
  EXPECT_EQ(guest.seek(fd, 0, 3).error(), inval);
  EXPECT_EQ(guest.seek(fd, INT64_MAX, kWhenceSet), std::uint64_t{INT64_MAX});
  EXPECT_EQ(guest.seek(fd, 1, kWhenceCurrent).error(), inval);
  EXPECT_EQ(guest.try_write(fd, "x"), fbig);
  EXPECT_EQ(guest.seek(fd, INT64_MIN, kWhenceEnd).error(), inval);
  EXPECT_EQ(guest.seek(fd, 0, kWhenceCurrent), std::uint64_t{INT64_MAX}) << "a refused seek moves nothing";
}

TEST(Files, CanBeShortenedGrownAndAllocated) {
  Guest guest;
  const std::uint32_t fd = guest.opened("file", kCreate);
  EXPECT_EQ(guest.write(fd, "0123456789"), 10U);
  EXPECT_EQ(guest.call(Function::fd_filestat_set_size, {fd, 3}), success);
  EXPECT_EQ(guest.contents("file"), "012");
  EXPECT_EQ(guest.call(Function::fd_filestat_set_size, {fd, 5}), success);
  EXPECT_EQ(guest.contents("file"), std::string("012\0\0", 5));
  EXPECT_EQ(guest.call(Function::fd_filestat_set_size, {fd, UINT64_MAX}), fbig);
  EXPECT_EQ(guest.call(Function::fd_allocate, {fd, 0, 100}), success);
  EXPECT_EQ(guest.fstat(fd)->size, 100U);
  EXPECT_EQ(guest.call(Function::fd_allocate, {fd, 10, 10}), success);
  EXPECT_EQ(guest.fstat(fd)->size, 100U) << "never shortens";
  EXPECT_EQ(guest.call(Function::fd_allocate, {fd, 90, 20}), success);
  EXPECT_EQ(guest.fstat(fd)->size, 110U);
  EXPECT_EQ(guest.call(Function::fd_allocate, {fd, 0, 0}), inval);
  EXPECT_EQ(guest.call(Function::fd_allocate, {fd, UINT64_MAX, 1}), inval);
  EXPECT_EQ(guest.call(Function::fd_allocate, {fd, INT64_MAX, INT64_MAX}), fbig);
}

TEST(Files, GrowToTheBoundAndNoFurther) {
  wasi::Setup setup;
  setup.bounds.tree_bytes = 10;
  Guest guest(std::move(setup));
  const std::uint32_t fd = guest.opened("file", kCreate);
  EXPECT_EQ(guest.write(fd, "0123456"), 7U);
  EXPECT_FALSE(guest.process.tree_limit_hit());
  EXPECT_EQ(guest.write(fd, "789abc"), 3U) << "what fits is written";
  EXPECT_EQ(guest.try_write(fd, "x"), nospc);
  EXPECT_TRUE(guest.process.tree_limit_hit());
  EXPECT_EQ(guest.call(Function::fd_filestat_set_size, {fd, 11}), nospc);
  EXPECT_EQ(guest.symlink("x", "link"), nospc) << "the target of a link counts";
  EXPECT_FALSE(guest.stat("link").has_value());
  EXPECT_EQ(guest.call(Function::fd_filestat_set_size, {fd, 4}), success);
  EXPECT_EQ(guest.symlink("x", "link"), success);
  const std::uint32_t other = guest.opened("other", kCreate);
  ASSERT_EQ(guest.seek(other, 5, kWhenceSet), 5U);
  EXPECT_EQ(guest.try_write(other, "x"), nospc) << "a gap counts in full";
  EXPECT_EQ(guest.fstat(other)->size, 0U);
}

TEST(Files, UnlinkedButOpenStillCount) {
  wasi::Setup setup;
  setup.bounds.tree_bytes = 4;
  Guest guest(std::move(setup));
  const std::uint32_t fd = guest.opened("file", kCreate);
  EXPECT_EQ(guest.write(fd, "0123"), 4U);
  EXPECT_EQ(guest.unlink("file"), success);
  const std::uint32_t other = guest.opened("other", kCreate);
  EXPECT_EQ(guest.try_write(other, "x"), nospc);
  EXPECT_EQ(guest.close(fd), success);
  EXPECT_EQ(guest.write(other, "x"), 1U);
}

TEST(Files, StayAsTheyWereWhereTheHostHasNoRoom) {
  Guest guest;
  guest.host.content_room = 0;
  const std::uint32_t fd = guest.opened("file", kCreate);
  EXPECT_EQ(guest.try_write(fd, "x"), nospc);
  guest.host.content_room = 4;
  EXPECT_EQ(guest.write(fd, "0123"), 4U);
  EXPECT_EQ(guest.try_write(fd, "4"), nospc);
  guest.host.content_room = UINT64_MAX;
  guest.host.writes_fail = true;
  EXPECT_EQ(guest.try_write(fd, "4"), nospc);
  EXPECT_EQ(guest.fstat(fd)->size, 4U);
  EXPECT_FALSE(guest.process.tree_limit_hit()) << "that was not our bound";
}

TEST(Files, CountInNamesUpToTheirBound) {
  wasi::Setup setup;
  setup.bounds.files = 3;
  Guest guest(std::move(setup));
  guest.make("a");
  ASSERT_EQ(guest.mkdir("b"), success);
  ASSERT_EQ(guest.link("a", "c"), success);
  EXPECT_EQ(guest.open("d", kCreate).error(), nospc);
  EXPECT_EQ(guest.link("a", "d"), nospc);
  EXPECT_EQ(guest.mkdir("d"), nospc);
  EXPECT_EQ(guest.symlink("a", "d"), nospc);
  EXPECT_TRUE(guest.process.tree_limit_hit());
  EXPECT_EQ(guest.rename("a", "c2"), success) << "moving needs no more names";
  EXPECT_EQ(guest.unlink("c"), success);
  EXPECT_EQ(guest.mkdir("d"), success);
}

TEST(Files, RememberWhenTheyWereWritten) {
  Guest guest;
  const std::uint32_t fd = guest.opened("file", kCreate);
  const std::uint64_t made = guest.host.realtime_ns;
  guest.host.realtime_ns += 7;
  EXPECT_EQ(guest.write(fd, "x"), 1U);
  EXPECT_EQ(guest.fstat(fd)->modified, made + 7);
  EXPECT_EQ(guest.fstat(fd)->changed, made + 7);
  EXPECT_EQ(guest.fstat(fd)->accessed, made);
  guest.host.realtime_ns += 7;
  ASSERT_EQ(guest.seek(fd, 0, kWhenceSet), 0U);
  EXPECT_EQ(guest.read(fd), "x");
  EXPECT_EQ(guest.fstat(fd)->accessed, made) << "reading leaves no trace";
}

TEST(Folders, AreNeitherReadNorWrittenNorSought) {
  Guest guest;
  for (const std::uint64_t fd : {std::uint64_t{3}, static_cast<std::uint64_t>(guest.opened_folder("."))}) {
    EXPECT_EQ(guest.call(Function::fd_read, {fd, Guest::kIovecs, 0, Guest::kOut}), badf);
    EXPECT_EQ(guest.call(Function::fd_write, {fd, Guest::kIovecs, 0, Guest::kOut}), badf);
    EXPECT_EQ(guest.call(Function::fd_pread, {fd, Guest::kIovecs, 0, 0, Guest::kOut}), badf);
    EXPECT_EQ(guest.call(Function::fd_pwrite, {fd, Guest::kIovecs, 0, 0, Guest::kOut}), badf);
    EXPECT_EQ(guest.call(Function::fd_seek, {fd, 0, kWhenceCurrent, Guest::kOut}), badf);
    EXPECT_EQ(guest.call(Function::fd_tell, {fd, Guest::kOut}), badf);
    EXPECT_EQ(guest.call(Function::fd_allocate, {fd, 0, 1}), badf);
    EXPECT_EQ(guest.call(Function::fd_filestat_set_size, {fd, 0}), badf);
    EXPECT_EQ(guest.call(Function::fd_advise, {fd, 0, 0, 0}), badf);
    EXPECT_EQ(guest.call(Function::fd_sync, {fd}), badf);
    EXPECT_EQ(guest.call(Function::fd_datasync, {fd}), badf);
    EXPECT_EQ(guest.call(Function::fd_fdstat_set_flags, {fd, fdflags::kNonblock}), badf);
  }
}

}  // namespace
}  // namespace weft::wasi::test
