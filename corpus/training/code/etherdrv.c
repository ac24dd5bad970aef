// SPDX-License-Identifier: GPL-2.0-only
/*
 * Driver for a simple memory-mapped Ethernet controller
 *
 * Author: J. Hartmann <jh@example.org>
 */

#include <linux/module.h>
#include <linux/kernel.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/netdevice.h>
#include <linux/etherdevice.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/delay.h>

#define DRV_NAME	"sxeth"
#define DRV_VERSION	"0.7"

/* Register offsets */
#define SX_CTRL		0x00	/* control */
#define SX_STATUS	0x04	/* interrupt status, write 1 to clear */
#define SX_MASK		0x08	/* interrupt mask */
#define SX_TXDESC	0x10
#define SX_RXDESC	0x14
#define SX_MACLO	0x20
#define SX_MACHI	0x24
#define SX_MDIO		0x30

/* SX_CTRL bits */
#define CTRL_RESET	(1 << 0)
#define CTRL_TXEN	(1 << 1)
#define CTRL_RXEN	(1 << 2)
#define CTRL_PROMISC	(1 << 3)
#define CTRL_FULLDUP	(1 << 4)
#define CTRL_LOOPBACK	(1 << 5)
#define CTRL_SPEED_MASK	(3 << 8)
#define CTRL_SPEED_10	(0 << 8)
#define CTRL_SPEED_100	(1 << 8)

/* SX_STATUS bits */
#define INT_TXDONE	BIT(0)
#define INT_RXRDY	BIT(1)
#define INT_RXOVR	BIT(2)
#define INT_LINK	BIT(7)
#define INT_ALL		(INT_TXDONE | INT_RXRDY | INT_RXOVR | INT_LINK)

#define DESC_OWN	0x80000000u
#define DESC_LEN(d)	((d) & 0x7ff)

#define TX_RING_SIZE	32
#define RX_RING_SIZE	64
#define RX_BUF_LEN	1536

struct sx_desc {
	__le32 status;
	__le32 addr;
};

struct sx_priv {
	void __iomem *regs;
	struct net_device *dev;
	struct napi_struct napi;
	spinlock_t lock;
	struct sx_desc *tx_ring;
	struct sx_desc *rx_ring;
	struct sk_buff *tx_skb[TX_RING_SIZE];
	unsigned int tx_head, tx_tail;
	unsigned int rx_head;
	u32 msg_enable;
	int irq;
};

static int debug = -1;
module_param(debug, int, 0444);
MODULE_PARM_DESC(debug, "Debug message level bitmap");

static inline u32 sx_read(struct sx_priv *sp, unsigned int reg)
{
	return readl(sp->regs + reg);
}

static inline void sx_write(struct sx_priv *sp, unsigned int reg, u32 val)
{
	writel(val, sp->regs + reg);
}

static int sx_reset(struct sx_priv *sp)
{
	int timeout = 100;

	sx_write(sp, SX_MASK, 0);
	sx_write(sp, SX_CTRL, CTRL_RESET);
	while (sx_read(sp, SX_CTRL) & CTRL_RESET) {
		if (--timeout == 0) {
			dev_err(&sp->dev->dev, "reset timed out\n");
			return -ETIMEDOUT;
		}
		udelay(10);
	}
	return 0;
}

static void sx_set_mac(struct sx_priv *sp, const u8 *addr)
{
	sx_write(sp, SX_MACLO, addr[0] | addr[1] << 8 | addr[2] << 16 |
		 (u32)addr[3] << 24);
	sx_write(sp, SX_MACHI, addr[4] | addr[5] << 8);
}

static irqreturn_t sx_interrupt(int irq, void *dev_id)
{
	struct net_device *dev = dev_id;
	struct sx_priv *sp = netdev_priv(dev);
	u32 status = sx_read(sp, SX_STATUS);

	if (unlikely(!(status & INT_ALL)))
		return IRQ_NONE;

	sx_write(sp, SX_STATUS, status);

	if (status & INT_RXOVR)
		dev->stats.rx_over_errors++;
	if (status & INT_LINK)
		netif_carrier_on(dev);
	if (status & (INT_RXRDY | INT_TXDONE) &&
	    napi_schedule_prep(&sp->napi)) {
		sx_write(sp, SX_MASK, INT_ALL & ~(INT_RXRDY | INT_TXDONE));
		__napi_schedule(&sp->napi);
	}
	return IRQ_HANDLED;
}

static netdev_tx_t sx_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct sx_priv *sp = netdev_priv(dev);
	unsigned int entry;
	unsigned long flags;

	if (skb->len > RX_BUF_LEN) {
		dev_kfree_skb_any(skb);
		dev->stats.tx_dropped++;
		return NETDEV_TX_OK;
	}

	spin_lock_irqsave(&sp->lock, flags);
	entry = sp->tx_head % TX_RING_SIZE;
	sp->tx_skb[entry] = skb;
	sp->tx_ring[entry].addr = cpu_to_le32(virt_to_phys(skb->data));
	wmb();		/* the address must be visible before the owner bit */
	sp->tx_ring[entry].status = cpu_to_le32(DESC_OWN | skb->len);
	sp->tx_head++;
	if (sp->tx_head - sp->tx_tail >= TX_RING_SIZE - 1)
		netif_stop_queue(dev);
	spin_unlock_irqrestore(&sp->lock, flags);

	return NETDEV_TX_OK;
}

static int sx_open(struct net_device *dev)
{
	struct sx_priv *sp = netdev_priv(dev);
	int ret;

	ret = request_irq(sp->irq, sx_interrupt, IRQF_SHARED, dev->name, dev);
	if (ret)
		return ret;

	ret = sx_reset(sp);
	if (ret < 0)
		goto err_free_irq;

	sx_set_mac(sp, dev->dev_addr);
	napi_enable(&sp->napi);
	sx_write(sp, SX_CTRL, CTRL_TXEN | CTRL_RXEN | CTRL_FULLDUP | CTRL_SPEED_100);
	sx_write(sp, SX_MASK, INT_ALL);
	netif_start_queue(dev);
	return 0;

err_free_irq:
	free_irq(sp->irq, dev);
	return ret;
}

static int sx_stop(struct net_device *dev)
{
	struct sx_priv *sp = netdev_priv(dev);
	u32 ctrl;

	netif_stop_queue(dev);
	napi_disable(&sp->napi);
	ctrl = sx_read(sp, SX_CTRL);
	ctrl &= ~(CTRL_TXEN | CTRL_RXEN);
	sx_write(sp, SX_CTRL, ctrl);
	free_irq(sp->irq, dev);
	return 0;
}

static const struct net_device_ops sx_netdev_ops = {
	.ndo_open		= sx_open,
	.ndo_stop		= sx_stop,
	.ndo_start_xmit		= sx_start_xmit,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
};

static const struct of_device_id sx_of_match[] = {
	{ .compatible = "vendor,sxeth-1.0", },
	{ /* sentinel */ }
};
MODULE_DEVICE_TABLE(of, sx_of_match);

static struct platform_driver sx_driver = {
	.probe	= sx_probe,
	.remove	= sx_remove,
	.driver	= {
		.name		= DRV_NAME,
		.of_match_table	= sx_of_match,
	},
};
module_platform_driver(sx_driver);

MODULE_AUTHOR("J. Hartmann");
MODULE_DESCRIPTION("Simple Ethernet driver");
MODULE_LICENSE("GPL v2");
MODULE_VERSION(DRV_VERSION);
