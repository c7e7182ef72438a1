/* Preloaded under valgrind: has the driver take its memory from the C library, before anything else calls
 * it. The embedded driver brings an allocator of its own, of whose blocks valgrind knows nothing: neither
 * where they end, nor that they were freed, nor that they are lost. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void SetFunctions(void *(*)(size_t), void *(*)(void *, size_t), void (*)(void *));

__attribute__((constructor)) static void use_the_c_library(void)
{
    /* Valgrind's own starter and the programs that tests start have no need of it. */
    const char *preloaded = getenv("LD_PRELOAD");
    if (!preloaded || !strstr(preloaded, "vgpreload_memcheck"))
        return;
    const char *path = getenv("ASYNC_CASSANDRA_DRIVER");
    void *driver = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    SetFunctions *set_functions = NULL;
    if (driver)
        *(void **)&set_functions = dlsym(driver, "cass_alloc_set_functions");
    if (!set_functions) {
        fprintf(stderr, "heap.c: ASYNC_CASSANDRA_DRIVER names no driver that takes an allocator\n");
        _Exit(1);
    }
    set_functions(malloc, realloc, free);
}
