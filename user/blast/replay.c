/* SPDX-License-Identifier: MIT
 * replay.c - the frames of a capture, handed to a device as they are.
 * Not here: the file's format (pcap.h), when they leave (pace.h).
 * muffin-blast.c calls in.
 * Source: packet(7). */
#include "user/blast/pcap.h"
#include "user/blast/traffic.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 65536

static struct pcap_frame *frames;
static uint64_t frame_n, next;
static int fd;

static const struct pcap_frame *frame(uint64_t i)
{
	return &frames[(next + i) % frame_n];
}

static int replay_send(uint32_t n)
{
	static struct mmsghdr msg[BATCH];
	static struct iovec iov[BATCH];
	int done;

	for (uint32_t i = 0; i < n; i++) {
		iov[i] = (struct iovec){ (void *)frame(i)->bytes, frame(i)->len };
		msg[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	done = sendmmsg(fd, msg, n, MSG_DONTWAIT);
	if (done < 0 && errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
		fprintf(stderr, "muffin-blast: frame %llu of the capture, %u bytes:\n",
			(unsigned long long)(next % frame_n + 1), frame(0)->len);
	next += done > 0 ? (uint64_t)done : 0;
	return done < 0 ? -errno : done;
}

static uint32_t replay_frame_len(uint32_t i)
{
	return frame(i)->len < 60 ? 60 : frame(i)->len;
}

static uint32_t replay_size(uint32_t i)
{
	return frame(i)->len;
}

static int replay_fd(void)
{
	return fd;
}

static uint64_t replay_n(void)
{
	return frame_n;
}

/* Each round begins where the one before ended. */
static uint64_t replay_captured_ns(void)
{
	uint64_t round_ns = frames[frame_n - 1].ns - frames[0].ns;

	return next / frame_n * round_ns + frame(0)->ns - frames[0].ns;
}

static const struct traffic traffic = {
	.send = replay_send,
	.frame_len = replay_frame_len,
	.size = replay_size,
	.fd = replay_fd,
	.captured_ns = replay_captured_ns,
	.n = replay_n,
};

/* The whole file in memory. Returns NULL, having said why. */
static uint8_t *read_file(const char *name, size_t *len)
{
	int file = open(name, O_RDONLY);
	uint8_t *bytes = NULL, *more;
	ssize_t n = file < 0 ? -1 : 1;

	for (*len = 0; n > 0; *len += n > 0 ? (size_t)n : 0) {
		more = realloc(bytes, *len + CHUNK);
		if (!more)
			break;
		bytes = more;
		n = read(file, bytes + *len, CHUNK);
	}
	if (n == 0) {
		close(file);
		return bytes;
	}
	fprintf(stderr, "muffin-blast: pcap '%s': %s\n", name, strerror(errno));
	free(bytes);
	return NULL;
}

static bool read_frames(const char *name)
{
	struct pcap pcap;
	char problem[128];
	size_t len;
	uint8_t *bytes = read_file(name, &len);
	struct pcap_frame one;
	int more = bytes ? pcap_open(&pcap, bytes, len, problem, sizeof(problem)) : -1;

	for (frame_n = 0; more >= 0; frame_n++) {
		more = pcap_next(&pcap, &one, problem, sizeof(problem));
		if (more <= 0)
			break;
		if (frame_n % 1024 == 0)
			frames = realloc(frames, (frame_n + 1024) * sizeof(*frames));
		if (!frames) {
			fprintf(stderr, "muffin-blast: pcap '%s': no memory for its frames\n",
				name);
			return false;
		}
		frames[frame_n] = one;
	}
	if (more == 0 && frame_n > 0)
		return true;
	if (bytes)
		fprintf(stderr, "muffin-blast: pcap '%s': %s\n", name,
			more < 0 ? problem : "it has no frames");
	return false;
}

const struct traffic *replay_open(const char *file, const char *device)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(device) };

	if (!read_frames(file))
		return NULL;
	if (!to.sll_ifindex) {
		fprintf(stderr, "muffin-blast: device '%s': %s\n", device, strerror(errno));
		return NULL;
	}
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd >= 0 && bind(fd, (const void *)&to, sizeof(to)) == 0)
		return &traffic;
	fprintf(stderr, "muffin-blast: no packet socket: %s\n", strerror(errno));
	return NULL;
}
