/* A strategy whose digest is DIGEST. Each definition on the command line makes one thing about it
   wrong; the host must say which. */
#include "patchbay.h"

#include <fcntl.h>
#include <unistd.h>

#ifndef SYMBOL
#define SYMBOL PATCHBAY_PLUGIN_V0
#endif
#ifndef MAGIC
#define MAGIC PB_MAGIC
#endif
#ifndef STRUCT_SIZE
#define STRUCT_SIZE sizeof(PbPluginDecl)
#endif
#ifndef MAJOR
#define MAJOR PB_ABI_MAJOR
#endif
#ifndef MINOR_MIN
#define MINOR_MIN PB_ABI_MINOR
#endif
#ifndef KIND
#define KIND PB_KIND_STRATEGY
#endif
#ifndef FLAGS
#define FLAGS PB_FLAG_NO_PANIC
#endif
#ifndef SLOT_SIZE
#define SLOT_SIZE sizeof(PbSlot)
#endif
#ifndef HASH
#define HASH PB_LAYOUT_HASH
#endif
#ifndef NAME
#define NAME "canary"
#endif
#ifndef VERSION
#define VERSION "1.0.0"
#endif
#ifndef DIGEST
#define DIGEST 1
#endif

#ifndef ON_TURN
#define ON_TURN on_turn
#endif

/* Defined nowhere. */
PbStatus undefined(void *instance);

static char instances;

static PbStatus create(const PbCreate *create, void **instance) {
    (void)create;
    *instance = &instances;
    return PB_OK;
}

static PbStatus destroy(void *instance) {
    (void)instance;
    return PB_OK;
}

static PbStatus on_turn(void *i, PbStrategyCx *cx, uint64_t turn, const PbSlot *slots, size_t len) {
    (void)i, (void)cx, (void)turn, (void)slots, (void)len;
    return PB_OK;
}

static uint64_t digest(void *instance) {
    (void)instance;
    return DIGEST;
}

static const PbStrategyVtable vtable = {
    .struct_size = sizeof(PbStrategyVtable),
    .create = create,
    .destroy = destroy,
    .on_turn = ON_TURN,
    .digest = digest,
};

#if defined FUNCTION
int SYMBOL(void) { return vtable.struct_size != 0; }
#elif defined UNINITIALISED
PbPluginDecl SYMBOL;
#else
#ifndef WRITTEN
const
#endif
PbPluginDecl SYMBOL = {
    .magic = MAGIC,
    .struct_size = STRUCT_SIZE,
    .abi_major = MAJOR,
    .abi_minor = PB_ABI_MINOR,
    .abi_minor_min = MINOR_MIN,
    .kind = KIND,
    .flags = FLAGS,
    .slot_size = SLOT_SIZE,
    .layout_hash = HASH,
    .name = NAME,
    .version = VERSION,
    .build = "cc",
    .vtable = &vtable,
};
#endif

/* Proof that code of the file ran. */
__attribute__((constructor)) static void canary(void) {
    close(open(CANARY, O_CREAT | O_WRONLY, 0600));
#ifdef WRITTEN
    SYMBOL.slot_size = 1;
#endif
}
