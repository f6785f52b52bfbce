/* SPDX-License-Identifier: MIT
 * start.c - bringing a controller up.
 * Not here: each step itself (hw.c, tx.c, rx.c).
 * main.c calls in, and watchdog.c after a hang.
 * Source: Intel SDM 317453, chapter 14. */
#include "drivers/e1000/e1000.h"

/* The steps in the manual's order; each says for itself what is wrong. */
bool e1000_start(struct e1000_adapter *a, struct e1000_problem *problem)
{
	*problem = (struct e1000_problem){ "bus mastering cannot be turned on",
		"without it the card reads no descriptor: look in the firmware's settings" };
	if (!pci_enable(&a->pci))
		return false;
	if (!e1000_reset_hw(a, problem) || !e1000_read_mac(a, problem))
		return false;
	e1000_setup_link(a);
	e1000_init_filters(a);
	*problem = (struct e1000_problem){ "no memory for its rings", "give the machine more" };
	return e1000_setup_rx(a) && e1000_setup_tx(a) && e1000_test_dma(a, problem);
}
