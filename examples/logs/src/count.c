/* "LEVEL module" lines in, how often each occurs out, by name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_KINDS = 1024 };
static struct kind { char name[96]; unsigned long count; } kinds[MAX_KINDS];
static size_t used;

static int by_name(const void *a, const void *b) { return strcmp(((const struct kind *)a)->name, ((const struct kind *)b)->name); }

int main(void) {
  char line[96];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    size_t i = 0;
    while (i < used && strcmp(kinds[i].name, line) != 0) ++i;
    if (i == MAX_KINDS) return fprintf(stderr, "count: more than %d kinds of lines\n", MAX_KINDS), 1;
    if (i == used) strcpy(kinds[used++].name, line);
    ++kinds[i].count;
  }
  qsort(kinds, used, sizeof kinds[0], by_name);
  for (size_t i = 0; i < used; ++i) printf("%6lu %s\n", kinds[i].count, kinds[i].name);
  return 0;
}
