/* SPDX-License-Identifier: MIT
 * test_skbuff.c - packets, their pool and their owners; messages in pieces; the Internet checksum.
 * Not here: what is in a packet.
 * cmocka calls in.
 * Source: RFC 1071 (its examples and properties); net/core/skbuff.h's picture. */
#include "kernel/lib/string.h"
#include "net/core/checksum.h"
#include "net/core/skb_owner.h"
#include "net/socket/msg.h"
#include "net/udp/af_inet.h"
#include "tests/unit/stack.h"

/* ---- the pool ------------------------------------------------------------------------------ */

static void pool_gives_all_and_no_more(void **state)
{
	struct sk_buff *skb[8];

	assert_int_equal(skb_pool_init(8), 0);
	for (u32 i = 0; i < 8; i++) {
		skb[i] = skb_alloc(SKB_HEADROOM);
		assert_non_null(skb[i]);
		assert_int_equal((uintptr_t)skb[i] / 4096,
			((uintptr_t)skb[i] + SKB_SLOT - 1) / 4096); /* one piece */
		for (u32 j = 0; j < i; j++)
			assert_ptr_not_equal(skb[i], skb[j]);
		memset(skb[i]->data, 0xff, skb_room(skb[i]));
	}
	assert_null(skb_alloc(0));
	for (u32 i = 0; i < 8; i++)
		skb_release(skb[i]);
	assert_int_equal(skb_pool.free_n, 8);
	assert_non_null(skb_alloc(0));
}

/* A packet that its socket pays for; nobody pays for its copy, so that freeing it takes nothing back. */
static void copy_has_no_owner(void **state)
{
	struct sk_buff *skb, *copy;
	struct sock sk = { .sk_refs = 1 };

	assert_int_equal(skb_pool_init(8), 0);
	skb = skb_alloc(SKB_NETWORK_OFF);
	memset(skb_put(skb, 100), 0x42, 100);
	skb->sk = &sk;
	skb_set_owner_w(skb);
	copy = skb_copy(skb);
	assert_non_null(copy);
	assert_memory_equal(copy->data, skb->data, 100);
	assert_false(copy->owned);
	assert_null(copy->sk);
	consume_skb(copy);
	assert_int_equal(sk.sk_refs, 2);
	assert_int_equal(sk.sk_wmem, skb_truesize(skb));
	consume_skb(skb);
	assert_int_equal(sk.sk_refs, 1);
	assert_int_equal(sk.sk_wmem, 0);
}

static void pool_without_memory(void **state)
{
	host_fail_commit(1, true);
	assert_int_equal(skb_pool_init(8), -ENOMEM);
}

/* Short ones are made of memory of their own; a frame of SKB_SMALL_FRAME bytes ends where the next begins. */
static void small_packets(void **state)
{
	struct sk_buff *skb[8];

	assert_int_equal(skb_pool_init(16), 0);
	for (u32 i = 0; i < 8; i++) {
		skb[i] = skb_alloc_small();
		assert_non_null(skb[i]);
		assert_true(skb_is_small(skb[i]));
		assert_int_equal(skb[i]->tag, 0);
		skb_init(skb[i], SKB_NETWORK_OFF - ETH_HLEN);
		memset(skb_put(skb[i], SKB_SMALL_FRAME), 0xff, SKB_SMALL_FRAME);
		assert_int_equal((uintptr_t)skb[i] / 4096,
			((uintptr_t)skb[i]->data + SKB_SMALL_FRAME - 1) / 4096); /* one piece */
		assert_int_equal(skb[i]->tag, 0);
	}
	for (u32 i = 0; i < 8; i++)
		assert_int_equal(skb[i]->len, SKB_SMALL_FRAME); /* no packet overlaps another */
	assert_null(skb_alloc_small());
	assert_int_equal(skb_pool.free_n, 16);
	skb_release(skb[2]);
	assert_int_equal(skb_pool.free_n, 16);
	assert_ptr_equal(skb_alloc_small(), skb[2]);
	assert_false(skb_is_small(skb_alloc(0)));
}

/* The pool does without them. */
static void no_memory_for_small_packets(void **state)
{
	host_fail_commit(2, true);
	assert_int_equal(skb_pool_init(16), 0);
	assert_int_equal(
		skb_pool.small_total_n, 4); /* those that the large ones' memory brings along */
	for (u32 i = 0; i < 4; i++)
		assert_true(skb_is_small(skb_alloc_small()));
	assert_null(skb_alloc_small());
	assert_false(skb_is_small(skb_alloc(0)));
}

/* The second area ends where the first one begins, as in a machine that gives memory from its end. */
static void areas_side_by_side(void **state)
{
	const struct sk_buff *last = NULL;

	assert_int_equal(skb_pool_init(16), 0);
	skb_pool.small[1] = dma_alloc(2 * skb_pool.small_bytes);
	skb_pool.small[0] = skb_pool.small_fresh = skb_pool.small[1] + skb_pool.small_bytes;
	for (u32 i = 0; i < 8; i++) {
		const struct sk_buff *skb = skb_alloc_small();

		assert_non_null(skb);
		assert_ptr_not_equal(skb, last);
		assert_true(skb_is_small(skb));
		last = skb;
	}
	assert_null(skb_alloc_small());
}

/* What waits in a socket: short packets become small ones, the same but for their place. */
static void shrunk(void **state)
{
	struct sk_buff *skb, *small;

	assert_int_equal(skb_pool_init(8), 0);
	skb = skb_alloc(SKB_HEADROOM);
	memset(skb_put(skb, SKB_SMALL - SKB_HEADROOM), 0x5a, SKB_SMALL - SKB_HEADROOM);
	memset(skb_network_header(skb), 0xa5, IP_HLEN);
	small = skb_shrink(skb);
	assert_true(skb_is_small(small));
	assert_int_equal(skb_truesize(small), SKB_SMALL);
	assert_int_equal(skb_pool.free_n, 8);
	assert_int_equal(small->len, SKB_SMALL - SKB_HEADROOM);
	assert_ptr_equal(small->data, skb_slot(small) + SKB_HEADROOM);
	for (u32 i = 0; i < small->len; i++)
		assert_int_equal(small->data[i], 0x5a);
	for (u32 i = 0; i < IP_HLEN; i++)
		assert_int_equal(((u8 *)skb_network_header(small))[i], 0xa5);
	skb = skb_alloc(SKB_HEADROOM);
	skb_put(skb, SKB_SMALL - SKB_HEADROOM + 1);
	assert_ptr_equal(skb_shrink(skb), skb); /* a byte too long */
	assert_int_equal(skb_truesize(skb), SKB_SLOT);
	skb->len = 1;
	skb->frags = skb_alloc(0);
	skb->frags->next = NULL;
	assert_ptr_equal(skb_shrink(skb), skb);
	assert_int_equal(skb_truesize(skb), 2 * SKB_SLOT);
	consume_skb(skb);
	assert_true(skb_is_small(skb_shrink(skb_alloc(0))));
	assert_false(skb_is_small(skb_shrink(skb_alloc(0)))); /* the other two are the rings' */
}

static void headers_and_room(void **state)
{
	struct sk_buff *skb;

	assert_int_equal(skb_pool_init(2), 0);
	skb = skb_alloc(SKB_HEADROOM);
	assert_int_equal(skb_room(skb), SKB_SLOT - SKB_HEADROOM);
	assert_ptr_equal(skb_put(skb, 6), skb->data);
	assert_ptr_equal(skb_put(skb, 4), skb->data + 6);
	assert_int_equal(skb->len, 10);
	assert_ptr_equal(skb_push(skb, 8), skb_slot(skb) + SKB_HEADROOM - 8);
	skb_set_transport_header(skb);
	skb_push(skb, 20);
	skb_set_network_header(skb);
	assert_int_equal(skb->len, 38);
	assert_ptr_equal(skb_network_header(skb), skb_slot(skb) + SKB_NETWORK_OFF);
	assert_ptr_equal(skb_pull(skb, 28), skb_slot(skb) + SKB_HEADROOM);
	assert_ptr_equal(skb_transport_header(skb), skb_slot(skb) + SKB_HEADROOM - 8);
	assert_int_equal(skb_room(skb), SKB_SLOT - SKB_HEADROOM - 10);
}

static void queues(void **state)
{
	struct sk_buff_head q = { .n = 0 };
	struct sk_buff *a, *b;

	assert_int_equal(skb_pool_init(2), 0);
	a = skb_alloc(0);
	b = skb_alloc(0);
	skb_put(a, 10);
	skb_put(b, 7);
	assert_null(skb_dequeue(&q));
	skb_queue_tail(&q, a);
	skb_queue_tail(&q, b);
	assert_int_equal(q.n, 2);
	assert_ptr_equal(skb_dequeue(&q), a);
	assert_ptr_equal(skb_dequeue(&q), b);
	assert_null(skb_dequeue(&q));
}

static void ends_are_counted(void **state)
{
	struct sk_buff *skb;

	assert_int_equal(skb_pool_init(4), 0);
	kfree_skb(skb_alloc(0), SKB_DROP_HEADER);
	consume_skb(skb_alloc(0));
	skb = skb_alloc(0);
	skb->frags = skb_alloc(0);
	skb->frags->next = skb_alloc(0);
	skb->frags->next->next = NULL;
	kfree_skb(skb, SKB_DROP_HEADER); /* one datagram, one drop */
	assert_int_equal(stack_dropped(SKB_DROP_HEADER), 2);
	assert_int_equal(skb_pool.free_n, 4);
}

static void reasons_have_names(void **state)
{
	for (int r = 0; r < SKB_DROP_REASONS; r++)
		for (int other = 0; other <= SKB_DROP_REASONS; other++)
			if (other != r)
				assert_string_not_equal(skb_drop_name(r), skb_drop_name(other));
}

/* ---- owners -------------------------------------------------------------------------------- */

static u32 freed;

static void count_free(struct sock *sk)
{
	freed++;
}

static const struct proto counting = { .free = count_free };

static void waiting_packets_keep_their_sock(void **state)
{
	struct net net = { .count = 2 };
	struct sock sk = { .sk_prot = &counting, .sk_refs = 1, .sk_net = &net };
	struct sk_buff *skb;

	assert_int_equal(skb_pool_init(2), 0);
	skb = skb_alloc(SKB_NETWORK_OFF);
	skb_put(skb, 100);
	skb_set_owner_w(skb); /* no owner: nothing happens */
	assert_false(skb->owned);
	skb->sk = &sk;
	skb_set_owner_w(skb);
	skb_set_owner_w(skb); /* counted once */
	assert_int_equal(sk.sk_wmem, SKB_SLOT);
	assert_int_equal(sk.sk_refs, 2);
	sock_put(&sk);
	assert_int_equal(freed, 0);
	kfree_skb(skb, SKB_DROP_NEIGH_FAILED);
	assert_int_equal(freed, 1);
	assert_int_equal(net.count, 1);
	assert_int_equal(sk.sk_wmem, 0);
}

/* ---- messages in pieces -------------------------------------------------------------------- */

static struct msghdr message(const struct iovec *iov, size_t n)
{
	return (struct msghdr){
		.at = iov->base, .at_len = iov->len, .iov = iov + 1, .iov_n = n - 1
	};
}

static void pieces_in(void **state)
{
	struct iovec iov[4] = { { "ab", 2 }, { NULL, 0 }, { "cdef", 4 }, { "g", 1 } };
	struct msghdr m = message(iov, 4);
	char buf[8] = "";

	assert_int_equal(memcpy_from_msg(buf, &m, 3), 0);
	assert_string_equal(buf, "abc");
	assert_int_equal(memcpy_from_msg(buf, &m, 0), 0);
	assert_int_equal(memcpy_from_msg(buf, &m, 4), 0);
	assert_memory_equal(buf, "defg", 4);
	assert_int_equal(memcpy_from_msg(buf, &m, 1), -EFAULT); /* there is no more */
	m = message((struct iovec[]){ { (void *)8, 4 } }, 1);
	assert_int_equal(memcpy_from_msg(buf, &m, 1), -EFAULT);
}

static void pieces_out(void **state)
{
	char a[2], b[4] = "";
	struct iovec iov[3] = { { a, 2 }, { NULL, 0 }, { b, 3 } };
	struct msghdr m = message(iov, 3);

	assert_int_equal(memcpy_to_msg(&m, "abcd", 4), 0);
	assert_memory_equal(a, "ab", 2);
	assert_string_equal(b, "cd");
	assert_int_equal(memcpy_to_msg(&m, "ef", 2), -EFAULT);
	m = message((struct iovec[]){ { (void *)8, 4 } }, 1);
	assert_int_equal(memcpy_to_msg(&m, "a", 1), -EFAULT);
}

/* In all pieces that a message may lie in, also odd ones: bytes and sum are the whole's. */
static void sum_over_pieces(void **state)
{
	u8 whole[97], copy[97];

	for (u32 i = 0; i < sizeof(whole); i++)
		whole[i] = (u8)(i * 37 + 11);
	for (u32 cut = 0; cut <= 97; cut++) {
		struct iovec iov[3] = { { whole, cut }, { NULL, 0 }, { whole + cut, 97 - cut } };
		struct msghdr m = message(iov, 3);
		s64 sum = csum_memcpy_from_msg(copy, &m, 97);

		assert_true(sum >= 0);
		assert_memory_equal(copy, whole, 97);
		assert_int_equal(be16_to_cpu(csum_fold((u64)sum)), rfc1071(whole, 97, 0));
	}
}

static void sum_of_bad_memory(void **state)
{
	u8 good[4] = { 0 }, copy[8];
	struct iovec iov[2] = { { good, 4 }, { (void *)8, 4 } };
	struct msghdr m = message(iov, 2);

	assert_int_equal(csum_memcpy_from_msg(copy, &m, 8), -EFAULT);
	m = message(iov + 1, 1);
	assert_int_equal(csum_memcpy_from_msg(copy, &m, 4), -EFAULT);
	m = message(iov, 1);
	assert_int_equal(csum_memcpy_from_msg(copy, &m, 5), -EFAULT);
}

/* ---- the checksum -------------------------------------------------------------------------- */

/* RFC 1071 section 3: 00 01 f2 03 f4 f5 f6 f7 sums to ddf2, its complement is 220d. */
static void example_of_the_rfc(void **state)
{
	static const u8 bytes[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };

	assert_int_equal(be16_to_cpu(csum_fold(csum_add(0, bytes, 8))), 0x220d);
	assert_int_equal(
		be16_to_cpu(csum_fold(csum_add(csum_add(0, bytes, 4), bytes + 4, 4))), 0x220d);
}

static void every_length_and_alignment(void **state)
{
	u8 bytes[96];

	for (u32 i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)(255 - i * 3);
	for (u32 at = 0; at < 8; at++)
		for (u32 len = 0; len < 80; len++)
			assert_int_equal(be16_to_cpu(csum_fold(csum_add(0, bytes + at, len))),
				rfc1071(bytes + at, len, 0));
}

static void largest_sums_fold(void **state)
{
	static u8 bytes[65535];
	csum sum = 0;

	memset(bytes, 0xff, sizeof(bytes));
	for (u32 i = 0; i < 100; i++)
		sum = csum_add(sum, bytes, 65534);
	assert_int_equal(csum_fold(sum).raw, 0);
	assert_int_equal(csum_fold(0).raw, 0xffff);
	assert_int_equal(csum_fold(0xffffffffffffull).raw, 0);
	assert_int_equal(csum_fold(0x10000).raw, 0xfffe);
}

static void pseudo_header(void **state)
{
	const be32 s = cpu_to_be32(0x0a000001), d = cpu_to_be32(0x0a000002);

	assert_int_equal(be16_to_cpu(csum_fold(csum_pseudo(s, d, 14, 17))),
		rfc1071((const u8 *)"\x0a\0\0\1\x0a\0\0\2\0\x11\0\x0e", 12, 0));
	assert_true(csum_ok(csum_add(0, "\xff\xff", 2)));
	assert_false(csum_ok(csum_add(0, "\xff\xfe", 2)));
}

int main(void)
{
	const struct CMUnitTest skbuff[] = {
		BARE_TEST(pool_gives_all_and_no_more),
		BARE_TEST(pool_without_memory),
		BARE_TEST(copy_has_no_owner),
		BARE_TEST(small_packets),
		BARE_TEST(no_memory_for_small_packets),
		BARE_TEST(areas_side_by_side),
		BARE_TEST(shrunk),
		BARE_TEST(headers_and_room),
		BARE_TEST(queues),
		BARE_TEST(ends_are_counted),
		BARE_TEST(reasons_have_names),
		BARE_TEST(waiting_packets_keep_their_sock),
		BARE_TEST(pieces_in),
		BARE_TEST(pieces_out),
		BARE_TEST(sum_over_pieces),
		BARE_TEST(sum_of_bad_memory),
		BARE_TEST(example_of_the_rfc),
		BARE_TEST(every_length_and_alignment),
		BARE_TEST(largest_sums_fold),
		BARE_TEST(pseudo_header),
	};

	return cmocka_run_group_tests(skbuff, NULL, NULL);
}
