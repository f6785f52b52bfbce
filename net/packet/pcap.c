/* SPDX-License-Identifier: MIT
 * pcap.c - every frame of every device as a capture that Wireshark reads, written while it happens.
 * Not here: the line it is written to.
 * tap.c calls in for each frame; every wait of the kernel moves bytes out.
 * Source: draft-ietf-opsawg-pcap (PCAP Capture File Format); LINKTYPE_ETHERNET.
 *
 * Records go through a ring of bytes, so that a frame costs a copy; they enter it whole or not at all.
 * tail..head, both counted from the beginning, are the bytes that the sink has not taken yet. */
#include "net/packet/pcap.h"
#include "kernel/lib/string.h"
#include "net/device/dev.h"
#include "net/device/tap.h"

#define PCAP_MAGIC_NS     0xa1b23c4d /* time stamps count nanoseconds; host byte order */
#define PCAP_MAJOR        2
#define PCAP_MINOR        4
#define LINKTYPE_ETHERNET 1
#define SNAPLEN           262144       /* tcpdump's: more than any frame has */
#define RING_MIN          (128u << 10) /* the longest frame, lo's, fits */
#define RING_MAX          (1u << 20)
#define RING_PER_MEM      32
/* Byte counters start just below their wrap, so that every run tests it. */
#define COUNT_START (0u - 4096)

struct pcap_file_header {
	u32 magic;
	u16 major, minor;
	u32 reserved[2];
	u32 snaplen, linktype;
};

struct pcap_record {
	u32 seconds, nanoseconds;
	u32 captured_len, len;
};

_Static_assert(sizeof(struct pcap_file_header) == 24 && sizeof(struct pcap_record) == 16,
	"the format's layouts");

static struct {
	struct pcap_sink sink;
	struct packet_tap tap;
	u8 *ring;
	u32 size; /* of the ring, a power of two */
	u32 head, tail;
	u32 record; /* where the first record begins that has not left completely */
	u64 frames, dropped, left;
} pcap;

/* ---- the ring --------------------------------------------------------------------------- */

static void put(const void *bytes, u32 len)
{
	u32 at = pcap.head & (pcap.size - 1);
	u32 first = min(len, pcap.size - at);

	memcpy(pcap.ring + at, bytes, first);
	memcpy(pcap.ring, (const u8 *)bytes + first, len - first);
	pcap.head += len;
}

/* Bytes in use: those still to be written, and all of the record that is being written. */
static u32 buffered(void)
{
	return max(pcap.head - pcap.tail, pcap.head - pcap.record);
}

/* The length of the record that is leaving; numbers lie in it with the lowest byte first. */
static u32 record_len(void)
{
	u32 at = pcap.record + (u32)offsetof(struct pcap_record, captured_len), len = 0;

	for (u32 i = 0; i < sizeof(len); i++)
		len |= (u32)pcap.ring[(at + i) & (pcap.size - 1)] << 8 * i;
	return (u32)sizeof(struct pcap_record) + len;
}

static void count_left(void)
{
	u32 len;

	while (pcap.record != pcap.head && (s32)(pcap.tail - pcap.record) > 0) {
		len = record_len();
		if (pcap.tail - pcap.record < len)
			break;
		pcap.record += len;
		pcap.left++;
	}
}

size_t pcap_poll(size_t budget)
{
	size_t moved = 0, n = 1;

	while (pcap.tail != pcap.head && moved < budget && n > 0) {
		u32 at = pcap.tail & (pcap.size - 1);
		u32 len = min(pcap.head - pcap.tail, pcap.size - at);

		n = pcap.sink.write_some(pcap.ring + at, len);
		pcap.tail += (u32)n;
		moved += n;
	}
	count_left();
	return moved;
}

/* Until at most `most` bytes of the ring are in use. Returns false when the sink stands still. */
static bool move_out(u32 most)
{
	while (buffered() > most)
		if (pcap_poll(pcap.size) == 0 && !pcap.sink.rest())
			return false;
	return true;
}

static bool make_room(u32 len)
{
	return buffered() <= pcap.size - len || (pcap.sink.wait && move_out(pcap.size - len));
}

/* ---- frames ----------------------------------------------------------------------------- */

/* Frames as the wire has them: padded, and those of lo once. */
static void capture(struct packet_tap *tap, const struct sk_buff *skb, bool outgoing)
{
	static const u8 padding[ETH_ZLEN];
	bool lo = skb->dev->flags & IFF_LOOPBACK;
	u32 whole = skb_total_len(skb), len = outgoing ? max(whole, (u32)ETH_ZLEN) : whole;
	u32 at = pcap.head & (pcap.size - 1);
	u64 now = pcap.sink.epoch_ns + clock_ns();
	struct pcap_record record = { .seconds = (u32)(now / NSEC_PER_SEC),
		.nanoseconds = (u32)(now % NSEC_PER_SEC),
		.captured_len = len,
		.len = len };

	if (lo && outgoing)
		return;
	if (!make_room((u32)sizeof(record) + len)) {
		pcap.dropped++;
		return;
	}
	pcap.frames++;
	if (likely(!skb->frags && pcap.size - at >= sizeof(record) + len)) {
		u8 *to = pcap.ring + at;

		memcpy(to, &record, sizeof(record));
		memcpy(to + sizeof(record), skb->data, whole);
		memset(to + sizeof(record) + whole, 0, len - whole);
		pcap.head += (u32)sizeof(record) + len;
		return;
	}
	put(&record, sizeof(record));
	for (const struct sk_buff *piece = skb; piece; piece = skb_next_piece(skb, piece))
		put(piece->data, piece->len);
	put(padding, len - whole);
}

/* ---- beginning and end ------------------------------------------------------------------ */

static u32 ring_size(void)
{
	u32 size = RING_MIN;

	while (size < RING_MAX && size < mem_total() / RING_PER_MEM)
		size *= 2;
	return size;
}

int pcap_start(const struct pcap_sink *sink)
{
	const struct pcap_file_header header = { .magic = PCAP_MAGIC_NS,
		.major = PCAP_MAJOR,
		.minor = PCAP_MINOR,
		.snaplen = SNAPLEN,
		.linktype = LINKTYPE_ETHERNET };

	pcap.size = ring_size();
	pcap.ring = mem_alloc(pcap.size);
	if (!pcap.ring)
		return -ENOMEM;
	pcap.sink = *sink;
	pcap.head = pcap.tail = COUNT_START;
	put(&header, sizeof(header));
	pcap.record = pcap.head;
	pcap.tap.fn = capture;
	dev_add_tap(&pcap.tap);
	return 0;
}

bool pcap_finish(void)
{
	bool whole;

	if (!pcap.tap.fn)
		return true;
	dev_remove_tap(&pcap.tap);
	pcap.tap.fn = NULL;
	whole = move_out(0) && pcap.sink.drain();
	if (!whole) {
		pr_err("pcap: the line stands still: the capture is cut short\n");
		pcap.left -= pcap.left > 0 && pcap.tail - pcap.record < PCAP_SINK_HOLDS;
	}
	pcap.dropped += pcap.frames - pcap.left;
	if (pcap.dropped)
		pr_warn("pcap: %lu frames captured, %lu dropped: the line %s\n", pcap.left,
			pcap.dropped,
			pcap.sink.wait ? "stood still"
				       : "was too slow for them (pcap=wait waits for it)");
	else
		pr_info("pcap: %lu frames captured, none dropped\n", pcap.left);
	return whole && !(pcap.sink.wait && pcap.dropped);
}
