/* One source, two ways to run: a `command` reads all of stdin and answers once; a `stream` step answers frame after frame
   and stays hot. weft tells which by WEFT_ABI; weft_serve() does the reading and writing for both.

     static int step(const unsigned char *in, size_t size, weft_answer *out) {
       return weft_write(out, in, size);          // 0, or an exit code that fails this frame
     }
     int main(void) { return weft_serve(step); }

   Copy this file; it needs only the C library. Answer each frame from that frame alone: the host may start a fresh
   instance before any frame. */
#ifndef WEFT_H
#define WEFT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  unsigned char *bytes; /* 5 bytes for the envelope, then the answer */
  size_t size, room;    /* both without the envelope */
} weft_answer;

typedef int (*weft_step)(const unsigned char *in, size_t size, weft_answer *out);

enum { WEFT_ENVELOPE = 5, WEFT_FAILED = 70 };

/* Room for `size` more bytes at the end of the answer; they count as written. Null when memory is out. */
static unsigned char *weft_extend(weft_answer *out, size_t size) {
  if (size > out->room - out->size) {
    size_t room = out->room ? out->room : 4096;
    while (room - out->size < size) room *= 2;
    unsigned char *bytes = (unsigned char *)realloc(out->bytes, WEFT_ENVELOPE + room);
    if (!bytes) return NULL;
    out->bytes = bytes;
    out->room = room;
  }
  unsigned char *at = out->bytes + WEFT_ENVELOPE + out->size;
  out->size += size;
  return at;
}

/* 0, or WEFT_FAILED when memory is out. */
static int weft_write(weft_answer *out, const void *bytes, size_t size) {
  unsigned char *at = weft_extend(out, size);
  if (!at) return WEFT_FAILED;
  memcpy(at, bytes, size);
  return 0;
}

static int weft_put(const unsigned char *bytes, size_t size) {
  while (size > 0) {
    ssize_t n = write(STDOUT_FILENO, bytes, size);
    if (n <= 0) return WEFT_FAILED;
    bytes += n;
    size -= (size_t)n;
  }
  return 0;
}

/* Reads exactly `size` bytes: 1; 0 at the end of stdin before the first; -1 on anything else. */
static int weft_get(unsigned char *bytes, size_t size) {
  size_t got = 0;
  while (got < size) {
    ssize_t n = read(STDIN_FILENO, bytes + got, size - got);
    if (n < 0) return -1;
    if (n == 0) return got == 0 ? 0 : -1;
    got += (size_t)n;
  }
  return 1;
}

static int weft_serve_stream(weft_step step) {
  unsigned char head[WEFT_ENVELOPE], *in = NULL;
  size_t room = 0;
  weft_answer out = {NULL, 0, 0};
  for (;;) {
    int got = weft_get(head, sizeof head);
    if (got <= 0) return got == 0 ? 0 : WEFT_FAILED;
    size_t size = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
    if (size > room) {
      unsigned char *more = (unsigned char *)realloc(in, size);
      if (!more) return WEFT_FAILED;
      in = more;
      room = size;
    }
    if (size > 0 && weft_get(in, size) != 1) return WEFT_FAILED;
    out.size = 0;
    if (!out.bytes && (!weft_extend(&out, 1) || (out.size = 0, 0))) return WEFT_FAILED;
    int failed = step(in, size, &out);
    if (failed) return failed;
    out.bytes[0] = 0;
    for (int i = 0; i < 4; ++i) out.bytes[1 + i] = (unsigned char)(out.size >> (24 - 8 * i));
    if (weft_put(out.bytes, WEFT_ENVELOPE + out.size)) return WEFT_FAILED;
  }
}

static int weft_serve_command(weft_step step) {
  weft_answer in = {NULL, 0, 0}, out = {NULL, 0, 0};
  for (;;) {
    size_t before = in.size;
    size_t more = before < 65536 ? 65536 : before;
    unsigned char *at = weft_extend(&in, more);
    if (!at) return WEFT_FAILED;
    ssize_t n = read(STDIN_FILENO, at, more);
    if (n < 0) return WEFT_FAILED;
    in.size = before + (size_t)n;
    if (n == 0) break;
  }
  int failed = step(in.bytes + WEFT_ENVELOPE, in.size, &out);
  return failed ? failed : out.size ? weft_put(out.bytes + WEFT_ENVELOPE, out.size) : 0;
}

static int weft_serve(weft_step step) {
  const char *abi = getenv("WEFT_ABI");
  return abi && strcmp(abi, "stream") == 0 ? weft_serve_stream(step) : weft_serve_command(step);
}

#endif
