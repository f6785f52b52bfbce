/* SPDX-License-Identifier: MIT
 * main.c - finding 8254x controllers, bringing them up, handing them to the stack.
 * Not here: starting one (start.c).
 * kernel/main.c calls e1000_probe_all.
 * Source: PCI IDs from Intel SDM 317453, table 5-1, and Intel's specification updates. Only models that were booted are listed. */
#include "drivers/e1000/e1000.h"
#include "net/device/dev_config.h"

#define VENDOR_INTEL 0x8086

static const struct {
	u16 device;
	const char *name;
} supported[] = {
	{ 0x100e, "82540EM" },
	{ 0x100f, "82545EM" },
	{ 0x100c, "82544GC" },
};

static int e1000_open(struct net_device *dev)
{
	struct e1000_adapter *a = netdev_priv(dev);

	e1000_enable_rx(a);
	e1000_check_link(dev);
	e1000_reclaim(dev);
	if (!(dev->flags & IFF_RUNNING))
		pr_warn("%s: no link yet; senders wait for it. Is the cable plugged in?\n",
			dev->name);
	return 0;
}

static const struct net_device_ops e1000_netdev_ops = {
	.ndo_open = e1000_open,
	.ndo_stop = e1000_stop,
	.ndo_start_xmit = e1000_xmit_frame,
	.ndo_xmit_again = e1000_xmit_again,
	.ndo_set_slot = e1000_set_slot,
	.ndo_flush = e1000_flush,
	.ndo_reclaim = e1000_reclaim,
	.ndo_check_link = e1000_check_link,
	.ndo_poll = e1000_poll,
	.ndo_add_multicast = e1000_add_multicast,
	.ndo_tx_pending = e1000_tx_pending,
	.ndo_set_rx_mode = e1000_set_rx_mode,
};

static const char *model_name(const struct pci_dev *pci)
{
	if (pci->vendor != VENDOR_INTEL || pci->class >> 8 != PCI_CLASS_ETHERNET)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(supported); i++)
		if (supported[i].device == pci->device)
			return supported[i].name;
	return NULL;
}

static bool bring_up(struct e1000_adapter *a, struct e1000_problem *problem)
{
	*problem = (struct e1000_problem){ "its registers cannot be mapped",
		"BAR 0 must be memory, set up by the firmware" };
	a->hw = pci_map_bar(&a->pci, 0, E1000_BAR_BYTES);
	if (!a->hw || !e1000_start(a, problem))
		return false;
	e1000_watch_start(a);
	return true;
}

static bool e1000_probe(struct net *net, const struct pci_dev *pci, const char *model)
{
	struct e1000_adapter *a = mem_alloc(sizeof(*a));
	struct e1000_problem problem = { "no memory", "give the machine more" };

	if (a)
		a->pci = *pci;
	if (!a || !bring_up(a, &problem)) {
		pr_err("e1000 %02x:%02x.%u (%s): %s\n", pci->bus, pci->slot, pci->function, model,
			problem.step);
		pr_err("  what to try: %s\n", problem.advice);
		return false;
	}
	a->netdev.netdev_ops = &e1000_netdev_ops;
	a->netdev.mtu = ETH_DATA_LEN;
	a->netdev.features = NETIF_F_HW_CSUM;
	a->netdev.tx_ring_n = E1000_TX_RING - a->rs_every; /* a group may be incomplete */
	a->netdev.flags = IFF_BROADCAST | IFF_MULTICAST;
	a->netdev.priv = a;
	register_netdev(net, &a->netdev, "eth%d");
	pr_info("%s: %s at %02x:%02x.%u, address %pM\n", a->netdev.name, model, pci->bus, pci->slot,
		pci->function, a->netdev.dev_addr);
	return dev_open(&a->netdev) == 0;
}

u32 e1000_probe_all(struct net *net, u32 *failed)
{
	u32 working = 0;

	*failed = 0;
	for (u32 i = 0; i < pci_dev_n; i++) {
		const char *model = model_name(&pci_devs[i]);

		if (!model)
			continue;
		if (e1000_probe(net, &pci_devs[i], model))
			working++;
		else
			(*failed)++;
	}
	return working;
}
