"""The words of the simulated provider's page, in the languages of our pages. Pure."""

from __future__ import annotations

from config.languages import name_in

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Pay",
        "simulated": "This provider is simulated: no money moves. Use a test card below.",
        "card_number": "Card number",
        "pay": "Pay",
        "back": "Go back without paying",
        "cards": "Test cards",
        "challenge": "Your bank asks",
        "challenge_words": "Do you approve this payment?",
        "approve": "Approve",
        "refuse": "Refuse",
        "not_payable": "This cannot be paid any more.",
        "paid": "Paid. You can close this page, or go back.",
        "unknown_card": "This is not one of the test cards.",
        "card_declined": "The card was declined. Try another.",
        "insufficient_funds": "There is too little money on the card. Try another.",
        "authentication_failed": "The bank was told not to pay. Try again or take another card.",
        "approve_card": "approved",
        "decline": "declined",
        "insufficient_funds_card": "too little money",
        "three_d_secure": "the bank asks first (3-D Secure)",
        "capture_times_out": "taken, but the answer is lost",
        "refund_times_out": "a refund is given, but the answer is lost",
        "refund_fails": "a refund fails",
        "duplicate": "notified three times",
        "late": "notified two minutes late",
        "reordered": "notified out of order",
        "forged": "a forged notification comes first",
        "wrong_amount": "another amount than asked for",
        "wrong_currency": "another currency than asked for",
        "silence": "never notified",
        "capture_refused": "approved, then not taken",
    },
    "zh-Hans": {
        "title": "付款",
        "simulated": "这是模拟的支付平台,不会真的扣款。请使用下面的测试卡。",
        "card_number": "卡号",
        "pay": "付款",
        "back": "不付款,返回",
        "cards": "测试卡",
        "challenge": "银行验证",
        "challenge_words": "您是否同意这笔付款?",
        "approve": "同意",
        "refuse": "拒绝",
        "not_payable": "这笔款项已不能支付。",
        "paid": "已付款。您可以关闭此页面或返回。",
        "unknown_card": "这不是测试卡。",
        "card_declined": "此卡被拒绝,请换一张。",
        "insufficient_funds": "余额不足,请换一张卡。",
        "authentication_failed": "银行验证未通过,请重试或换一张卡。",
        "approve_card": "通过",
        "decline": "拒绝",
        "insufficient_funds_card": "余额不足",
        "three_d_secure": "银行先验证(3-D Secure)",
        "capture_times_out": "扣款成功,但答复丢失",
        "refund_times_out": "退款成功,但答复丢失",
        "refund_fails": "退款失败",
        "duplicate": "通知三次",
        "late": "通知迟到两分钟",
        "reordered": "通知次序颠倒",
        "forged": "先来一条伪造的通知",
        "wrong_amount": "金额与请求不符",
        "wrong_currency": "币种与请求不符",
        "silence": "从不通知",
        "capture_refused": "先通过,后扣款失败",
    },
}


def texts_in(languages: list[str]) -> tuple[str, dict[str, str]]:
    """(tag, words) for a reader of `languages`, best first; English where there are none in them."""
    tag = name_in({tag: tag for tag in TEXTS}, languages, fallback="en")
    return tag, TEXTS[tag]
