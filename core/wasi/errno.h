// Error numbers of wasi_snapshot_preview1, as its witx definition numbers them.
#pragma once

#include <cstdint>

namespace weft::wasi {

enum class Errno : std::uint16_t {
  success, toobig, acces, addrinuse, addrnotavail, afnosupport, again, already, badf, badmsg, busy, canceled, child,
  connaborted, connrefused, connreset, deadlk, destaddrreq, dom, dquot, exist, fault, fbig, hostunreach, idrm, ilseq,
  inprogress, intr, inval, io, isconn, isdir, loop, mfile, mlink, msgsize, multihop, nametoolong, netdown, netreset,
  netunreach, nfile, nobufs, nodev, noent, noexec, nolck, nolink, nomem, nomsg, noprotoopt, nospc, nosys, notconn,
  notdir, notempty, notrecoverable, notsock, notsup, notty, nxio, overflow, ownerdead, perm, pipe, proto,
  protonosupport, prototype, range, rofs, spipe, srch, stale, timedout, txtbsy, xdev, notcapable,
};
static_assert(static_cast<int>(Errno::notcapable) == 76);

}  // namespace weft::wasi
