/* SPDX-License-Identifier: MIT
 * fuzz_calls.c - the input is a program of socket calls, netlink messages, frames and time, in a network
 * namespace of its own; in the end the account adds up and nothing is left behind.
 * Not here: whether an answer is right (tests/unit), raw bytes as frames or messages (fuzz_frames.c,
 * fuzz_netlink.c).
 * libFuzzer calls in; it calls the system calls.
 * Source: design: panic is for a broken invariant, never for input; nothing is lost in silence.
 *
 * The capture's source is included: a machine starts one once, and its ring stays. */
#include "kernel/console/console.h"
#include "net/core/part.h"
#include "net/core/part.h"
#include "kernel/fs/procfile.h"
#include "kernel/fs/task.h"
#include "net/core/net_namespace.h"
#include "net/neigh/neighbour.h"
#include "net/socket/sys_netns.h"
#include "net/config/proc.h"
#include "net/device/account.h"
#include "net/net_init.h"
#include "net/packet/pcap.c"
#include "net/packet/af_packet.h"
#include "net/device/qdisc.h"
#include "net/socket/socket.h"
#include "net/socket/socket_user.h"
#include "net/socket/sockopt.h"
#include "net/wire/netlink.h"
#include "tests/fuzz/frames.h"
#include "tests/fuzz/host_net.h"
#include "tests/fuzz/messages.h"
#include "tests/fuzz/values.h"
#include "tests/unit/host_machine.h"

extern const struct part part_af_unix;

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define STEPS_MAX 150
#define FDS       10
#define DATA_MAX  110000
#define BATCH     4
#define OPTIONS   100 /* more than value_option knows: it begins again */

static u8 data_out[DATA_MAX], data_in[DATA_MAX];

static u64 user(const void *p)
{
	return (u64)(uintptr_t)p;
}

/* Memory of the program's, or none. */
static u64 pointer(struct bytes *b, const void *p)
{
	return now_and_then(b) ? 8 : user(p);
}

static int some_fd(struct bytes *b)
{
	return (int)pick(b, FDS);
}

static u32 some_len(struct bytes *b)
{
	static const u32 lengths[] = { 0, 1, 6, 7, 100, 1472, 1473, 3000, 9000, 65507, 65508,
		DATA_MAX };

	return now_and_then(b) ? take_u16(b) : PICK_OF(b, lengths);
}

static u32 send_flags(struct bytes *b)
{
	static const u32 flags[] = { 0, MSG_DONTWAIT, MSG_MORE, MSG_DONTROUTE, MSG_CONFIRM,
		MSG_DONTWAIT | MSG_MORE, MSG_OOB, MSG_NOSIGNAL };

	return now_and_then(b) ? take_u32(b) : PICK_OF(b, flags);
}

static u32 receive_flags(struct bytes *b)
{
	static const u32 flags[] = { 0, MSG_PEEK, MSG_TRUNC, MSG_ERRQUEUE, MSG_PEEK | MSG_TRUNC,
		MSG_WAITALL, MSG_WAITFORONE, MSG_OOB };

	return PICK_OF(b, flags) | (now_and_then(b) ? 0 : MSG_DONTWAIT);
}

/* ---- sockets ------------------------------------------------------------------------------- */

static void make_socket(struct bytes *b)
{
	static const struct {
		int family;
		u32 type;
		int protocol;
	} kinds[] = { { AF_INET, SOCK_DGRAM, 0 }, { AF_INET, SOCK_DGRAM, 17 },
		{ AF_PACKET, SOCK_RAW, 0x0300 }, { AF_PACKET, SOCK_DGRAM, 8 },
		{ AF_NETLINK, SOCK_RAW, NETLINK_ROUTE },
		{ AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER },
		{ AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0 }, { AF_INET, SOCK_STREAM, 0 },
		{ AF_INET, SOCK_RAW, 1 }, { AF_PACKET, SOCK_RAW, 0 } };
	u32 i = pick(b, ARRAY_SIZE(kinds));

	if (now_and_then(b))
		sys_socket(take(b), take_u32(b), take(b));
	else
		sys_socket(kinds[i].family, kinds[i].type, kinds[i].protocol);
}

static void close_fd(struct bytes *b)
{
	fd_close(&current->files, some_fd(b));
}

static void duplicate(struct bytes *b)
{
	int from = some_fd(b);

	fd_dup2(&current->files, from, some_fd(b));
}

static void bind_socket(struct bytes *b)
{
	struct sockaddr_storage addr;
	u32 len = value_sockaddr(b, &addr);

	sys_bind(some_fd(b), pointer(b, &addr), len);
}

static void connect_socket(struct bytes *b)
{
	struct sockaddr_storage addr;
	u32 len = value_sockaddr(b, &addr);

	sys_connect(some_fd(b), pointer(b, &addr), len);
}

static void ask_names(struct bytes *b)
{
	struct sockaddr_storage addr;
	s32 len = (s32)pick(b, 140) - 1;
	int fd = some_fd(b);

	sys_getsockname(fd, pointer(b, &addr), user(&len));
	sys_getpeername(fd, pointer(b, &addr), user(&len));
}

static void shut_down(struct bytes *b)
{
	int fd = some_fd(b);

	sys_shutdown(fd, (int)pick(b, 4));
	if (now_and_then(b)) {
		sys_listen(fd);
		sys_accept4(fd, 0, 0, 0);
	}
}

static void set_option(struct bytes *b)
{
	struct option_value o;
	int fd = some_fd(b);

	value_option(b, &o);
	sys_setsockopt(fd, o.level, o.name, pointer(b, o.bytes), o.len);
}

static void get_option(struct bytes *b)
{
	struct option_value o;
	u8 value[64];
	s32 len;

	value_option(b, &o);
	len = pick(b, 2) ? (s32)o.len : (s32)pick(b, sizeof(value)) - 1;
	if (sys_getsockopt(some_fd(b), o.level, o.name, pointer(b, value), user(&len)) == 0)
		BUG_ON(len < 0 || len > (s32)sizeof(value));
}

/* Every option there is, with values from the same bytes. */
static void all_options(struct bytes *b)
{
	struct option_value o;
	u8 choices[16], value[64];
	int fd = some_fd(b);

	take_data(b, choices + 1, sizeof(choices) - 1);
	for (u8 i = 0; i < OPTIONS; i++) {
		s32 len = sizeof(value);

		choices[0] = i;
		value_option(&(struct bytes){ choices, sizeof(choices) }, &o);
		sys_setsockopt(fd, o.level, o.name, user(o.bytes), o.len);
		sys_getsockopt(fd, o.level, o.name, user(value), user(&len));
	}
}

/* netdevice(7): all numbers of its block, and what the kernel answers to those around it. */
static void control_socket(struct bytes *b)
{
	static const u8 numbers[] = { 0x10, 0x13, 0x14, 0x15, 0x17, 0x19, 0x1b, 0x1d, 0x21, 0x22,
		0x23, 0x27, 0x33, 0x42, 0x46, 0x70 };
	static const u32 others[] = { 0x8912, 0x8912, 0x5421, 0x541b, 0x5411, 0x8906, 0x8907,
		0x12345678 };
	u32 number = PICK_OF(b, numbers), value = pick(b, 2) ? (u32)value_ifindex(b) : take_u16(b);
	struct file *file = fd_get(&current->files, some_fd(b));
	u64 request[8] = { 0 }, room = pick(b, 2) ? user(data_in) : 0;
	char *name = (char *)request;

	if (!file || !file->ops->ioctl)
		return;
	if (pick(b, 4) == 0) {
		request[0] = take(b);
		request[1] = room;
		file->ops->ioctl(file, PICK_OF(b, others), pointer(b, request));
		return;
	}
	value_name(b, name);
	memcpy(name + 16, &value, sizeof(value));
	if (number == 0x23) /* SIOCSIFNAME */
		value_name(b, name + 16);
	file->ops->ioctl(file, 0x8900 | (now_and_then(b) ? take(b) : number), pointer(b, request));
}

/* ---- sockets that are ready for more --------------------------------------------------------- */

/* A wish for frames, or for a network's packets, is fulfilled here at once: random bytes seldom find all of it. */
static void make_ready(struct bytes *b)
{
	static const u8 mac[6] = { 2, 0, 0, 0, 0, 2 };
	const struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = cpu_to_be16(5000) },
				 peer = { .sin_family = AF_INET,
					 .sin_port = cpu_to_be16(4747),
					 .sin_addr = cpu_to_be32(0x0a000002) };
	const be32 group[2] = { cpu_to_be32(0xef000001), cpu_to_be32(0x0a000001) };
	u32 flags = pick(b, 16), on = 1;
	int fd = (int)sys_socket(AF_INET, SOCK_DGRAM, 0);

	if (flags & 1)
		sys_bind(fd, user(&here), sizeof(here));
	if (flags & 2)
		sys_connect(fd, user(&peer), sizeof(peer));
	if (flags & 4)
		(void)!neigh_set_permanent(
			current->nsproxy->net_ns->arp_tbl, &host_card[0].dev, peer.sin_addr, mac);
	if (flags & 8)
		sys_setsockopt(fd, SOL_IP, IP_ADD_MEMBERSHIP, user(group), sizeof(group));
	else
		sys_setsockopt(fd, SOL_IP, IP_RECVERR, user(&on), sizeof(on));
}

static void listen_to_frames(struct bytes *b)
{
	const struct sockaddr_ll all = { .sll_family = AF_PACKET,
		.sll_protocol = cpu_to_be16(ETH_P_ALL),
		.sll_ifindex = host_card[0].dev.ifindex };
	const struct {
		s32 ifindex;
		u16 type, alen;
		u8 address[8];
	} mreq = { all.sll_ifindex, 1, 0, { 0 } };
	int fd = (int)sys_socket(AF_PACKET, pick(b, 2) ? SOCK_RAW : SOCK_DGRAM, 0);

	sys_bind(fd, user(&all), sizeof(all));
	sys_setsockopt(fd, SOL_PACKET, 1, user(&mreq), sizeof(mreq));
}

static void listen_to_netlink(struct bytes *b)
{
	const struct sockaddr_nl all = { .nl_family = AF_NETLINK, .nl_groups = UINT32_MAX };
	static const u8 bind_queue[] = { 36, 0, 0, 0, 2, 3, 5, 0, 7, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0,
		0, 8, 0, 1, 0, 1, 0, 0, 0, 8, 0, 3, 0, 0, 0, 0, 9 };
	bool queue = pick(b, 2);
	int fd = (int)sys_socket(AF_NETLINK, SOCK_RAW, queue ? NETLINK_NETFILTER : NETLINK_ROUTE);

	if (queue)
		sys_sendto(fd, user(bind_queue), sizeof(bind_queue), MSG_DONTWAIT, 0, 0);
	else
		sys_bind(fd, user(&all), sizeof(all));
}

/* A socket of the system log, ready for its lines or not. */
static void make_log_socket(struct bytes *b)
{
	static const u8 types[] = { SOCK_DGRAM, SOCK_STREAM, 5, 9 };
	struct sockaddr_storage log = { .family = AF_UNIX };
	int fd = (int)sys_socket(AF_UNIX, PICK_OF(b, types), 0);

	strcpy((char *)log.bytes + 2, pick(b, 8) == 7 ? "/init" : "/dev/log");
	if (pick(b, 4))
		sys_connect(fd, user(&log), 2 + sizeof("/dev/log"));
	sys_sendto(fd, pointer(b, "line\n"), pick(b, 5), send_flags(b), pick(b, 2) ? user(&log) : 0,
		2 + sizeof("/dev/log"));
}

/* Sockets of one port: by SO_REUSEADDR or SO_REUSEPORT, of any address, one, or one device. */
static void share_port(struct bytes *b)
{
	const struct sockaddr_in here = { .sin_family = AF_INET,
		.sin_port = cpu_to_be16(5000),
		.sin_addr = cpu_to_be32(pick(b, 2) ? 0x0a000001 : 0) };
	int on = 1, option = pick(b, 4) ? SO_REUSEPORT : SO_REUSEADDR;
	bool one_device = pick(b, 2);

	for (u32 n = 1 + pick(b, 4); n > 0; n--) {
		int fd = (int)sys_socket(AF_INET, SOCK_DGRAM, 0);

		sys_setsockopt(fd, SOL_SOCKET, option, user(&on), sizeof(on));
		if (one_device)
			sys_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, user("eth0"), 4);
		sys_bind(fd, user(&here), sizeof(here));
	}
}

/* ---- sending -------------------------------------------------------------------------------- */

/* More neighbours than the table has room for. */
static void send_to_many(struct bytes *b)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = cpu_to_be16(4747) };
	int fd = some_fd(b);
	u32 n = 1 + pick(b, 4) * 120;

	for (u32 i = 0; i < n; i++) {
		to.sin_addr = cpu_to_be32((i & 1 ? 0x0a010000 : 0x0a000000) + 2 + i / 2 % 250);
		sys_sendto(fd, user(data_out), 8, MSG_DONTWAIT, user(&to), sizeof(to));
	}
}

static void send_to(struct bytes *b)
{
	struct sockaddr_storage addr;
	u32 addr_len = value_sockaddr(b, &addr), len = some_len(b), flags = send_flags(b);
	u64 to = pick(b, 3) ? user(&addr) : 0;
	int fd = some_fd(b);

	for (u32 n = now_and_then(b) ? 80 : 1; n > 0; n--)
		sys_sendto(fd, pointer(b, data_out), len, flags, to, to ? addr_len : 0);
}

/* A message and all that it consists of. */
struct message {
	struct user_mmsghdr m;
	struct sockaddr_storage addr;
	struct iovec piece[4];
	u8 control[96];
};

static void build_message(struct bytes *b, struct message *m)
{
	u32 pieces = pick(b, 5);

	memset(m, 0, sizeof(*m));
	m->m.hdr.namelen = value_sockaddr(b, &m->addr);
	m->m.hdr.name = pick(b, 3) ? user(&m->addr) : 0;
	for (u32 i = 0; i < pieces && i < ARRAY_SIZE(m->piece); i++)
		m->piece[i] =
			(struct iovec){ (void *)pointer(b, data_out), min(some_len(b), 20000u) };
	m->m.hdr.iov = pointer(b, m->piece);
	m->m.hdr.iovlen = min(pieces, (u32)ARRAY_SIZE(m->piece));
	m->m.hdr.controllen = value_control(b, m->control, sizeof(m->control));
	m->m.hdr.control = pointer(b, m->control);
}

static void send_message(struct bytes *b)
{
	struct message m;

	build_message(b, &m);
	sys_sendmsg(some_fd(b), pointer(b, &m.m), send_flags(b));
}

static void send_batch(struct bytes *b)
{
	struct user_mmsghdr vec[BATCH];
	struct message m[BATCH];
	u32 n = pick(b, BATCH + 1);
	bool alike = pick(b, 2);

	for (u32 i = 0; i < n; i++) {
		if (i == 0 || !alike)
			build_message(b, &m[i]);
		vec[i] = m[alike ? 0 : i].m;
	}
	sys_sendmmsg(some_fd(b), pointer(b, vec), n, send_flags(b));
}

/* Segments, as many as there are to be, and the same again: what is kept of a flow is used. */
static void send_segments(struct bytes *b)
{
	static const u16 sizes[] = { 6, 1, 100, 1472, 1473, 0 };
	u16 size = PICK_OF(b, sizes);
	struct {
		struct cmsghdr header;
		u64 data;
	} control = { { sizeof(struct cmsghdr) + sizeof(size), SOL_UDP, UDP_SEGMENT }, size };
	struct iovec piece = { data_out, (size_t)size * (1 + pick(b, 70)) + pick(b, 2) };
	struct user_msghdr m = { .iov = user(&piece),
		.iovlen = 1,
		.control = user(&control),
		.controllen = sizeof(control) };
	int fd = some_fd(b);

	for (u32 n = 1 + pick(b, 3); n > 0; n--)
		sys_sendmsg(fd, user(&m), MSG_DONTWAIT);
}

static void send_netlink(struct bytes *b)
{
	u8 message[MESSAGE_MAX];
	u32 len = pick(b, 4) ? message_route(b, message) : message_queue(b, message);

	sys_sendto(some_fd(b), user(message), len, MSG_DONTWAIT, 0, 0);
}

/* ---- receiving ------------------------------------------------------------------------------ */

static void receive_from(struct bytes *b)
{
	struct sockaddr_storage from;
	s32 len = (s32)pick(b, 132);
	u32 room = some_len(b);
	long n = sys_recvfrom(some_fd(b), pointer(b, data_in), room, receive_flags(b),
		pointer(b, &from), user(&len));

	BUG_ON(n > DATA_MAX);
}

static void receive_messages(struct bytes *b)
{
	struct user_mmsghdr vec[BATCH];
	struct sockaddr_storage from[BATCH];
	struct iovec piece[BATCH][2];
	u8 control[BATCH][128];
	u32 n = pick(b, BATCH + 1), flags = receive_flags(b), room = pick(b, 129);
	s64 timeout[2] = { 0, take(b) * 1000 };
	long got;

	for (u32 i = 0; i < BATCH; i++) {
		piece[i][0] = (struct iovec){ data_in, pick(b, 2) ? 3 : 2000 };
		piece[i][1] = (struct iovec){ data_in + 4096, some_len(b) / 2 };
		vec[i].hdr = (struct user_msghdr){ .name = user(&from[i]),
			.namelen = sizeof(from[i]),
			.iov = pointer(b, piece[i]),
			.iovlen = 2,
			.control = user(control[i]),
			.controllen = room };
	}
	if (n == 1)
		got = sys_recvmsg(some_fd(b), pointer(b, &vec[0].hdr), flags) < 0 ? 0 : 1;
	else
		got = sys_recvmmsg(
			some_fd(b), pointer(b, vec), n, flags, pick(b, 2) ? user(timeout) : 0);
	for (long i = 0; i < got; i++)
		BUG_ON(vec[i].hdr.controllen > room);
}

/* read, write, readv, writev, poll: as of any file. */
static void use_as_file(struct bytes *b)
{
	struct file *file = fd_get(&current->files, some_fd(b));
	struct iovec piece[2] = { { data_in, pick(b, 200) }, { data_in + 300, pick(b, 200) } };

	if (!file)
		return;
	if (is_socket(file))
		file->flags |= O_NONBLOCK;
	if (file->ops->poll)
		file->ops->poll(file, POLL_ALL);
	if (pick(b, 2) && file->ops->read)
		file->ops->read(file, (void *)pointer(b, data_in), some_len(b));
	if (pick(b, 2) && file->ops->readv)
		file->ops->readv(file, pointer(b, piece), pick(b, 3));
	if (pick(b, 2) && file->ops->writev && is_socket(file))
		file->ops->writev(file, pointer(b, piece), pick(b, 3));
	if (pick(b, 2) && file->ops->write && is_socket(file))
		file->ops->write(file, (void *)pointer(b, data_out), some_len(b));
}

/* ---- /proc and namespaces ------------------------------------------------------------------- */

static void open_proc(struct bytes *b)
{
	static const char *const paths[] = { "/proc/net/dev", "/proc/net/snmp", "/proc/net/route",
		"/proc/net/arp", "/proc/net/udp", "/proc/net/packet", "/proc/net/muffin",
		"/proc/net/filter", "/proc/net/netfilter/nfnetlink_queue", "/proc/self/ns/net" };
	struct proc_file *proc = proc_find(PICK_OF(b, paths));
	struct file *file;

	BUG_ON(!proc);
	file = proc_open(proc, O_RDWR);
	if (!file)
		return;
	if (file->ops->read)
		file->ops->read(file, data_in, sizeof(data_in));
	if (fd_install(&current->files, file, 0) < 0)
		file_put(file);
}

static void write_rules(struct bytes *b)
{
	static const char *const rules[] = { "append out,queue:0", "append in,queue:0",
		"append post,queue:1", "append out,proto=udp,dport=4747,drop",
		"append in,src=10.0.0.0/24,accept", "append out,policy=accept",
		"append in,policy=drop", "append post,dev=eth1,drop",
		"append out,dst=10.0.0.2,sport=5000-5001,queue:1", "delete out,queue:0", "flush",
		"flush in", "append out,dst=10.0.0.2,bogus", "append post,policy=drop",
		"delete in,policy=drop" };
	struct proc_file *proc = proc_find("/proc/net/filter");
	struct file *file = proc_open(proc, O_RDWR);
	char text[128] = "";

	if (!file)
		return;
	strcpy(text, PICK_OF(b, rules));
	if (now_and_then(b))
		text[pick(b, (u32)strlen(text))] = (char)take(b);
	file->ops->write(file, (void *)pointer(b, text), strlen(text));
	file_put(file);
}

static void change_namespace(struct bytes *b)
{
	if (pick(b, 2))
		sys_unshare(now_and_then(b) ? take_u32(b) : 0x40000000);
	else
		sys_setns(some_fd(b), pick(b, 2) ? 0 : 0x40000000);
}

/* ---- the wire and time ---------------------------------------------------------------------- */

static void frame_arrives(struct bytes *b)
{
	struct fake_device *card = &host_card[pick(b, HOST_NET_CARDS)];
	u32 sent = card->sent_n;
	const struct fake_frame *last =
		sent ? &card->sent[min(sent, (u32)FAKE_FRAMES_MAX) - 1] : NULL;
	u8 frame[FRAME_MAX];
	u32 len = frame_build(
		b, card->dev.dev_addr, last ? last->bytes : NULL, last ? last->len : 0, frame);

	fake_inject(card, frame, len);
}

/* An answer to the last ARP request. */
static void arp_answers(struct bytes *b)
{
	struct fake_device *card = &host_card[pick(b, HOST_NET_CARDS)];

	for (u32 i = 0; i < min(card->sent_n, (u32)FAKE_FRAMES_MAX); i++) {
		const u8 *asked = card->sent[i].bytes;
		u8 frame[60] = { 0 };

		if (asked[12] != 8 || asked[13] != 6 || asked[21] != 1)
			continue;
		memcpy(frame, asked + 6, 6);
		memcpy(frame + 6, (u8[]){ 2, 0, 0, 0, 0, 2 }, 6);
		memcpy(frame + 12, asked + 12, 8);
		frame[21] = 2;
		memcpy(frame + 22, frame + 6, 6);
		memcpy(frame + 28, asked + 38, 4);
		memcpy(frame + 32, asked + 22, 10);
		fake_inject(card, frame, sizeof(frame));
	}
	fake_forget(card);
}

static void time_passes(struct bytes *b)
{
	static const u64 steps[] = { NSEC_PER_MSEC, 10 * NSEC_PER_MSEC, 100 * NSEC_PER_MSEC,
		NSEC_PER_SEC, 4 * NSEC_PER_SEC, 30 * NSEC_PER_SEC };

	host_advance_clock(PICK_OF(b, steps));
	net_poll();
}

static void card_changes(struct bytes *b)
{
	struct fake_device *card = &host_card[pick(b, HOST_NET_CARDS)];

	switch (pick(b, 7)) {
	case 0:
		card->stuck = !card->stuck;
		break;
	case 1:
		fake_set_link(card, false);
		break;
	case 2:
		fake_set_link(card, true);
		break;
	case 3:
		card->keep = !card->keep;
		break;
	case 4:
		card->xmit_answer = card->xmit_answer ? 0 : -EIO;
		break;
	case 5:
		card->open_answer = card->open_answer ? 0 : -EIO;
		break;
	default:
		host_net_hold(pick(b, 20));
	}
}

static void set_rate(struct bytes *b)
{
	struct net_device *dev = &host_card[pick(b, HOST_NET_CARDS)].dev;
	const struct qdisc_spec spec = { .rate = pick(b, 4) ? take(b) * 100000ull : 0,
		.packets = pick(b, 2),
		.burst = pick(b, 4) * 5000,
		.limit = pick(b, 40) };

	if (dev_set_qdisc(dev, pick(b, 4) ? &spec : NULL) == 0 && dev->qdisc)
		qdisc_show(dev, &spec);
}

/* As at the end of a program: everything leaves, or is dropped. */
static void drain(struct bytes *b)
{
	net_drain();
	net_stats_show();
}

/* Counts in /proc/muffin: what is held adds up at any time. */
static void show_counts(struct bytes *b)
{
	static char text[8192];
	struct seq_file m = { .buf = text, .size = sizeof(text) };

	net_counts_show(&m);
	BUG_ON(m.len == 0);
}

static void seek(struct bytes *b)
{
	struct file *file = fd_get(&current->files, some_fd(b));
	s64 offset = take(b) * (pick(b, 2) ? 1 : -1);

	if (file && file->ops->lseek)
		file->ops->lseek(file, now_and_then(b) ? INT64_MAX : offset, (int)pick(b, 4));
}

static void memory_is_short(struct bytes *b)
{
	host_fail_commit(pick(b, 5), pick(b, 2));
}

/* ---- a capture ------------------------------------------------------------------------------ */

static u32 sink_takes;

static size_t sink_write(const void *bytes, size_t len)
{
	return min(len, (size_t)sink_takes);
}

static bool sink_rest(void)
{
	sink_takes += 100;
	return sink_takes % 3;
}

static bool sink_drain(void)
{
	return true;
}

static void start_capture(struct bytes *b)
{
	const struct pcap_sink sink = {
		.write_some = sink_write, .rest = sink_rest, .drain = sink_drain, .wait = pick(b, 2)
	};

	sink_takes = take(b);
	if (pcap.ring)
		pcap_poll(take(b) * 100u);
	else if (pcap_start(&sink) < 0)
		memset(&pcap, 0, sizeof(pcap));
}

static void end_capture(void)
{
	if (!pcap.ring)
		return;
	pcap_finish();
	mem_free(pcap.ring, pcap.size);
	memset(&pcap, 0, sizeof(pcap));
}

void console_write(const char *text, size_t len)
{
	BUG_ON(len > 0 && !text);
}

bool console_at_line_start(void)
{
	return true;
}

/* ---- the program ---------------------------------------------------------------------------- */

static void (*const steps[])(struct bytes *b) = {
	make_socket,
	make_ready,
	make_ready,
	listen_to_frames,
	listen_to_netlink,
	close_fd,
	duplicate,
	bind_socket,
	connect_socket,
	ask_names,
	shut_down,
	set_option,
	set_option,
	get_option,
	control_socket,
	send_to,
	send_to,
	send_message,
	send_message,
	send_batch,
	send_segments,
	send_netlink,
	send_netlink,
	receive_from,
	receive_messages,
	use_as_file,
	open_proc,
	write_rules,
	change_namespace,
	frame_arrives,
	frame_arrives,
	arp_answers,
	time_passes,
	card_changes,
	set_rate,
	memory_is_short,
	drain,
	start_capture,
	make_log_socket,
	share_port,
	send_to_many,
	show_counts,
	seek,
	all_options,
};

/* More than there are steps, so that an input stays what it is when one is added at the end. */
#define STEP_NUMBERS 64

static void do_step(struct bytes *b)
{
	u32 i = pick(b, STEP_NUMBERS);

	_Static_assert(ARRAY_SIZE(steps) <= STEP_NUMBERS, "a byte names a step");
	if (i < ARRAY_SIZE(steps))
		steps[i](b);
}

static void run(struct bytes b)
{
	BUG_ON(!part_af_unix.init); /* so that the linker takes it: net_init starts what there is */
	host_net_begin();
	for (u32 n = 0; n < STEPS_MAX && b.left > 0; n++)
		do_step(&b);
	end_capture();
	host_net_end();
}

/* Slabs keep their pages, so memory may grow once. An input that makes it grow again and again leaks. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const struct bytes b = { data, size };
	size_t before;
	u32 grown = 0;

	do {
		before = host_mem_out();
		run(b);
		BUG_ON(++grown > 4);
	} while (host_mem_out() > before);
	return 0;
}
