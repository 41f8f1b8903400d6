/* Counts everything it is given, and hashes it: the same as strategies/recorder, in C.
 *
 * Build:
 *   cc -std=c11 -O2 -fPIC -shared -fvisibility=hidden -Wl,-z,now,-z,nodelete \
 *      -I sdk/include -o c-recorder.so strategies/c-recorder/recorder.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "patchbay.h"

typedef struct {
    uint64_t turns;
    uint64_t records;
    uint64_t hash;
} Recorder;

/* FNV-1a over 64-bit words. */
static uint64_t add(uint64_t hash, uint64_t word) {
    return (hash ^ word) * UINT64_C(0x100000001b3);
}

static PbStatus create(const PbCreate *from, void **instance) {
    (void)from;
    Recorder *recorder = calloc(1, sizeof *recorder);
    if (recorder == NULL) {
        return PB_ERROR;
    }
    recorder->hash = UINT64_C(0xcbf29ce484222325);
    *instance = recorder;
    return PB_OK;
}

static PbStatus destroy(void *instance) {
    free(instance);
    return PB_OK;
}

static size_t record_slots(const PbSlot *head) {
    switch (head->head.kind) {
    case PB_SLOT_DEPTH:
        return (size_t)1 + head->depth.slots;
    case PB_SLOT_ORDER_UPDATE:
        return (size_t)1 + head->order_update.slots;
    case PB_SLOT_FILL:
        return 2;
    default:
        return 1;
    }
}

static uint64_t add_levels(uint64_t hash, const PbLevel *levels, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        hash = add(hash, (uint64_t)levels[i].price);
        hash = add(hash, (uint64_t)levels[i].qty);
    }
    return hash;
}

/* State and best levels of a book, which already stands after the turn. */
static uint64_t look(uint64_t hash, uint32_t instrument, PbStrategyCx *cx) {
    const PbBookView *book = cx->host->book(cx->ctx, instrument);
    if (book == NULL) {
        return hash;
    }
    hash = add(hash, book->state);
    hash = add_levels(hash, book->bids, book->levels & 0xff);
    return add_levels(hash, book->asks, book->levels >> 8);
}

static PbStatus on_turn(void *instance, PbStrategyCx *cx, uint64_t turn, const PbSlot *slots,
                        size_t slots_len) {
    Recorder *recorder = instance;
    uint64_t hash = add(add(recorder->hash, turn), (uint64_t)cx->now_ns);
    for (size_t at = 0; at < slots_len;) {
        size_t length = record_slots(&slots[at]);
        for (size_t i = at; i < at + length; i++) {
            for (size_t word = 0; word < 8; word++) {
                hash = add(hash, slots[i].words[word]);
            }
        }
        if (slots[at].head.instrument != PB_NO_INSTRUMENT) {
            hash = look(hash, slots[at].head.instrument, cx);
        }
        recorder->records++;
        at += length;
    }
    recorder->turns++;
    recorder->hash = hash;
    return PB_OK;
}

static PbStatus save(void *instance, PbWriteFn write, void *ctx) {
    PbBytes bytes = {(const uint8_t *)instance, sizeof(Recorder)};
    return write(ctx, bytes);
}

static PbStatus restore(void *instance, uint32_t schema, PbBytes state) {
    if (schema != 1 || state.len != sizeof(Recorder)) {
        return PB_SCHEMA;
    }
    for (size_t i = 0; i < state.len; i++) {
        ((uint8_t *)instance)[i] = state.ptr[i];
    }
    return PB_OK;
}

static uint64_t digest(void *instance) {
    const Recorder *recorder = instance;
    return add(add(recorder->hash, recorder->turns), recorder->records);
}

static const PbStrategyVtable VTABLE = {
    .struct_size = sizeof(PbStrategyVtable),
    .state_schema = 1,
    .state_hint = sizeof(Recorder),
    .create = create,
    .destroy = destroy,
    .on_turn = on_turn,
    .save = save,
    .restore = restore,
    .digest = digest,
};

PB_EXPORT const PbPluginDecl PATCHBAY_PLUGIN_V0 = {
    .magic = PB_MAGIC,
    .struct_size = sizeof(PbPluginDecl),
    .abi_major = PB_ABI_MAJOR,
    .abi_minor = PB_ABI_MINOR,
    .abi_minor_min = PB_ABI_MINOR,
    .kind = PB_KIND_STRATEGY,
    .flags = PB_FLAG_NO_PANIC | PB_FLAG_HAS_STATE | PB_FLAG_MULTI_INSTANCE,
    .slot_size = sizeof(PbSlot),
    .layout_hash = PB_LAYOUT_HASH,
    .name = "c-recorder",
    .version = "0.1.0",
    .build = "c",
    .vtable = &VTABLE,
};
