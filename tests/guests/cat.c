/* stdin to stdout through one 64 KiB buffer; the yardstick of the payload path. */
#include <unistd.h>

static char buffer[65536];

int main(void) {
  for (;;) {
    ssize_t n = read(0, buffer, sizeof buffer);
    if (n <= 0) return n < 0;
    for (char *p = buffer; n > 0;) {
      ssize_t put = write(1, p, (size_t)n);
      if (put < 0) return 2;
      p += put;
      n -= put;
    }
  }
}
