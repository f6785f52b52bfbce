/* SPDX-License-Identifier: MIT
 * skbuff_pieces.c - packets that are longer than one slot: append, trim, copy, read across pieces.
 * Not here: the slots themselves (skbuff.c), fragments of IPv4 (ip_output.c).
 * Every layer that may meet such a packet calls in. Calls skb_alloc.
 * Source: net/core/skbuff.h, where the layout is. */
#include "net/core/skbuff.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "net/core/checksum.h"

void *skb_extend(struct sk_buff *skb, struct sk_buff **last, u32 *len)
{
	struct sk_buff *piece = *last;
	u8 *end = skb_slot(piece) + (piece == skb ? SKB_DATA_END : SKB_SLOT);

	if (piece->data + piece->len >= end) {
		piece = skb_alloc(SKB_FRAME_OFF);
		if (!piece)
			return NULL;
		piece->next = NULL;
		*(*last == skb ? &skb->frags : &(*last)->next) = piece;
		*last = piece;
		end = skb_slot(piece) + SKB_SLOT;
	}
	*len = min(*len, (u32)(end - (piece->data + piece->len)));
	if (piece != skb)
		skb->frags_len = (u16)(skb->frags_len + *len);
	return skb_put(piece, *len);
}

int skb_append(struct sk_buff *skb, const struct sk_buff *from, u32 offset, u32 len)
{
	const struct sk_buff *piece = from;
	struct sk_buff *last = skb;
	u32 n;

	for (; len > 0; len -= n, offset += n) {
		void *to;

		while (offset >= piece->len) {
			offset -= piece->len;
			piece = skb_next_piece(from, piece);
		}
		n = min(len, piece->len - offset);
		to = skb_extend(skb, &last, &n);
		if (!to)
			return -ENOBUFS;
		memcpy(to, piece->data + offset, n);
	}
	return 0;
}

bool skb_bits(const struct sk_buff *skb, u32 offset, u8 *to, u32 n)
{
	const struct sk_buff *piece = skb;

	for (; n > 0; n--) {
		while (piece && offset >= piece->len) {
			offset -= piece->len;
			piece = skb_next_piece(skb, piece);
		}
		if (!piece)
			return false;
		*to++ = piece->data[offset++];
	}
	return true;
}

/* A piece that is left without bytes stays: the owner of the packet has counted it. */
void skb_trim(struct sk_buff *skb, u32 len)
{
	u32 left = len;

	for (struct sk_buff *piece = skb; piece; piece = skb_next_piece(skb, piece)) {
		piece->len = (u16)min((u32)piece->len, left);
		left -= piece->len;
	}
	skb->frags_len = (u16)(len - skb->len);
}

u64 skb_checksum(const struct sk_buff *skb, u64 sum)
{
	for (const struct sk_buff *piece = skb; piece; piece = skb_next_piece(skb, piece))
		sum = csum_add(sum, piece->data, piece->len);
	return sum;
}

struct sk_buff *skb_copy(const struct sk_buff *skb)
{
	const u8 *from = skb_network_header(skb), *end = skb->data + skb->len;
	struct sk_buff *copy = skb_alloc(0);

	if (!copy)
		return NULL;
	*copy = *skb;
	copy->data = skb_slot(copy) + (skb->data - skb_slot(skb));
	copy->sk = NULL;
	copy->frags = NULL;
	copy->frags_len = 0;
	copy->owned = false;
	copy->tx_flags = 0;
	memcpy(skb_network_header(copy), from, (size_t)(end - from));
	if (skb_append(copy, skb, skb->len, skb->frags_len) == 0)
		return copy;
	skb_release_all(copy);
	return NULL;
}
