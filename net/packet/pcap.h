/* SPDX-License-Identifier: MIT
 * pcap.h - every frame of every device as a capture that Wireshark reads, written while it happens.
 * Not here: the line it is written to.
 * main.c starts it; dev.c hands it frames, waiting and the tick move them out.
 * Source: draft-ietf-opsawg-pcap (PCAP Capture File Format); LINKTYPE_ETHERNET. */
#pragma once

#include "kernel/lib/types.h"

/* So many bytes that a sink has taken may not have left it: a serial port's FIFO and shift register. */
#define PCAP_SINK_HOLDS 17

/* Where the capture goes. */
struct pcap_sink {
	/* take as many of len bytes as it can without waiting; returns how many, perhaps 0 */
	size_t (*write_some)(const void *bytes, size_t len);
	/* rest, as it takes nothing now. Returns false when it has taken nothing for so long that nobody
	 * should wait, until it goes on */
	bool (*rest)(void);
	/* the end: wait until all bytes it took have left. Returns false when the line stands still */
	bool (*drain)(void);
	u64 epoch_ns; /* nanoseconds from 1970 to clock_ns's zero */
	bool wait;    /* a full ring waits for the sink; otherwise whole frames are dropped */
};

/* pcap_start - from now on all frames are captured. Returns 0 or -ENOMEM. */
int pcap_start(const struct pcap_sink *sink) __must_check;

/* pcap_poll - move out what the sink takes now, at most budget bytes. Returns bytes moved. */
size_t pcap_poll(size_t budget);

/* pcap_finish - stop capturing, move everything out, say how much it was. Gives up only when the sink stands
 * still. Nothing happens when there is no capture.
 * Returns  false when the capture ends inside a frame (one that may be whole is not counted as captured), or frames are missing although they were to wait */
bool pcap_finish(void);
