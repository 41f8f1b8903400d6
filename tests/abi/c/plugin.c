// The smallest adapter in C, and in C++: reads `PRICE QTY` frames as trades. Compiled by tests.
#include "patchbay.h"
#include <string.h>

typedef struct Instance {
    const PbLog *log;
} Instance;

static Instance only;

static PbStatus create(const PbCreate *create, void **instance) {
    only.log = create->log;
    *instance = &only;
    return PB_OK;
}

static PbStatus destroy(void *instance) {
    ((Instance *)instance)->log = NULL;
    return PB_OK;
}

static PbStatus plan(void *instance, PbAdapterCx *cx, const PbStreamWish *wishes,
                     size_t wishes_len) {
    static const PbStr url = PB_STR("wss://example.invalid/trades");
    (void)instance;
    (void)wishes;
    if (wishes_len == 0) {
        return PB_OK;
    }
    PbConnect request;
    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    request.url = url;
    return cx->host->connect(cx->ctx, &request);
}

static const uint8_t *number(const uint8_t *at, const uint8_t *end, int64_t *out) {
    for (*out = 0; at < end && *at >= '0' && *at <= '9'; at++) {
        *out = *out * 10 + (*at - '0');
    }
    return at;
}

static PbStatus on_frame(void *instance, PbAdapterCx *cx, uint32_t conn, uint32_t opcode,
                         uint8_t *data, size_t len) {
    const uint8_t *end = data + len;
    const uint8_t *at;
    (void)instance;
    (void)conn;
    if (opcode != PB_OPCODE_TEXT) {
        cx->outcome = PB_OUTCOME_IGNORED;
        return PB_OK;
    }
    if (cx->len == cx->cap && cx->host->reserve(cx, 1) != PB_OK) {
        return PB_ERROR;
    }
    PbSlot *slot = &cx->slots[cx->len];
    memset(slot, 0, sizeof *slot);
    slot->head.kind = PB_SLOT_TRADE;
    slot->head.receive_ns = cx->now_ns;
    at = number(data, end, &slot->trade.price);
    if (at == end || *at != ' ') {
        return PB_ERROR;
    }
    at = number(at + 1, end, &slot->trade.qty);
    slot->trade.aggressor = PB_SIDE_BUY;
    cx->len += 1;
    return at == end ? PB_OK : PB_ERROR;
}

static const PbAdapterVtable vtable = {
    sizeof(PbAdapterVtable), create, destroy, plan, NULL, on_frame, NULL, NULL, NULL, NULL,
    NULL,
};

PB_EXPORT const PbPluginDecl PATCHBAY_PLUGIN_V0 = {
    PB_MAGIC,
    sizeof(PbPluginDecl),
    PB_ABI_MAJOR,
    PB_ABI_MINOR,
    PB_ABI_MINOR,
    PB_KIND_ADAPTER,
    PB_FLAG_NO_PANIC,
    sizeof(PbSlot),
    PB_LAYOUT_HASH,
    "c-example",
    "0.1.0",
    "cc",
    &vtable,
    PB_STR(""),
    PB_STR(""),
    NULL,
};
