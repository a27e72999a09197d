"""What the letters say, in the languages of our pages. Pure."""

from __future__ import annotations

from config.languages import name_in

SUBJECTS: dict[str, dict[str, str]] = {
    "en": {
        "confirmed": "Booked: {title}",
        "moved": "Moved: {title}",
        "cancelled": "Cancelled: {title}",
        "payment_voided": "Not booked, nothing was taken: {title}",
        "payment_returned": "Not booked, your money goes back: {title}",
        "refund_succeeded": "Refunded: {title}",
        "refund_failed": "Your refund is delayed: {title}",
        "waitlist_offered": "A place is free for you: {title}",
    },
    "zh-Hans": {
        "confirmed": "预订成功:{title}",
        "moved": "预订已改期:{title}",
        "cancelled": "预订已取消:{title}",
        "payment_voided": "未能预订,未扣款:{title}",
        "payment_returned": "未能预订,款项将退回:{title}",
        "refund_succeeded": "已退款:{title}",
        "refund_failed": "退款延迟:{title}",
        "waitlist_offered": "有空位了:{title}",
    },
}
BODIES: dict[str, dict[str, str]] = {
    "en": {
        "confirmed": (
            "Hello {name},\n\nyour booking is confirmed.\n\n{facts}\n\nSee, change or cancel it:\n{link}\n\n"
            "All your bookings, also without this letter:\n{all_link}\n"
        ),
        "moved": "Hello {name},\n\nyour booking has a new time.\n\n{facts}\n\nSee, change or cancel it:\n{link}\n",
        "cancelled": "Hello {name},\n\nyour booking is cancelled.\n\n{facts}\n\nIts record:\n{link}\n",
        "payment_voided": (
            "Hello {name},\n\nyour payment arrived when the place was not kept for you any more, so nothing is booked. "
            "The {amount} were not taken; where your bank has set them aside, it lets them go by itself."
            "\n\n{facts}\n\nIts record:\n{link}\n"
        ),
        "payment_returned": (
            "Hello {name},\n\nyour payment arrived after the place was given up, so nothing is booked. "
            "All of {amount} goes back to where it came from; you need do nothing.\n\n{facts}\n\nIts record:\n{link}\n"
        ),
        "refund_succeeded": "Hello {name},\n\n{amount} was sent back to you.\n\n{facts}\n\nIts record:\n{link}\n",
        "refund_failed": (
            "Hello {name},\n\nthe payment provider could not send {amount} back to you. We have been told and will "
            "see to it.\n\n{facts}\n\nIts record:\n{link}\n"
        ),
        "waitlist_offered": (
            "Hello {name},\n\na place you waited for is free, and kept for you until {until}.\n\n{facts}\n\n"
            "Take it or let it go:\n{link}\n\nAfter that the next in the queue is asked. See where you stand, or "
            "leave the waitlist:\n{list_link}\n"
        ),
    },
    "zh-Hans": {
        "confirmed": (
            "{name},您好:\n\n您的预订已确认。\n\n{facts}\n\n查看、更改或取消:\n{link}\n\n"
            "查看您的全部预订(无需本邮件):\n{all_link}\n"
        ),
        "moved": "{name},您好:\n\n您的预订已改期。\n\n{facts}\n\n查看、更改或取消:\n{link}\n",
        "cancelled": "{name},您好:\n\n您的预订已取消。\n\n{facts}\n\n查看记录:\n{link}\n",
        "payment_voided": (
            "{name},您好:\n\n付款到达时名额已不再为您保留,因此未能预订。"
            "{amount} 未被扣款;如银行已预留该金额,将自动解除。\n\n{facts}\n\n查看记录:\n{link}\n"
        ),
        "payment_returned": (
            "{name},您好:\n\n付款到达时名额已释放,因此未能预订。{amount} 将全额原路退回,您无需操作。"
            "\n\n{facts}\n\n查看记录:\n{link}\n"
        ),
        "refund_succeeded": "{name},您好:\n\n已向您退回 {amount}。\n\n{facts}\n\n查看记录:\n{link}\n",
        "refund_failed": (
            "{name},您好:\n\n支付平台未能退回 {amount}。我们已收到通知并会处理。\n\n{facts}\n\n查看记录:\n{link}\n"
        ),
        "waitlist_offered": (
            "{name},您好:\n\n您等候的空位已空出,为您保留至 {until}。\n\n{facts}\n\n接受或放弃:\n{link}\n\n"
            "逾时将询问下一位。查看候补情况或退出候补:\n{list_link}\n"
        ),
    },
}
ADDRESS = {"en": "At your address: {address}", "zh-Hans": "您的地址:{address}"}
"""The line of what is brought or done there."""


def language_of(tag: str) -> str:
    """The one of our languages for a reader of `tag`; English where there is none."""
    return name_in({each: each for each in BODIES}, [tag] if tag else [], fallback="en")
