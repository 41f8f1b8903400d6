/* Preloaded into a test process: counts every allocation of host and plugins together.
 *
 * The count is the first word of the file named by PATCHBAY_ALLOC_COUNT, mapped shared, so that the
 * process reads it like any file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Atomic uint64_t before_mapping;
static _Atomic uint64_t *count = &before_mapping;

__attribute__((constructor)) static void map_count(void) {
    const char *path = getenv("PATCHBAY_ALLOC_COUNT");
    int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) {
        return;
    }
    void *page = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (page != MAP_FAILED) {
        count = page;
    }
}

static void add(void) { atomic_fetch_add_explicit(count, 1, memory_order_relaxed); }

void *malloc(size_t size) {
    add();
    return __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
    add();
    return __libc_calloc(items, size);
}

void *realloc(void *old, size_t size) {
    add();
    return __libc_realloc(old, size);
}

void *memalign(size_t align, size_t size) {
    add();
    return __libc_memalign(align, size);
}

void *aligned_alloc(size_t align, size_t size) {
    add();
    return __libc_memalign(align, size);
}

int posix_memalign(void **out, size_t align, size_t size) {
    add();
    *out = __libc_memalign(align, size);
    return *out == NULL ? ENOMEM : 0;
}
