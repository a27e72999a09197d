"""The letter with a code, in the languages of our pages. Pure."""

from __future__ import annotations

SUBJECTS = {
    "en": "{code} is your code",
    "zh-Hans": "您的验证码是 {code}",
}
BODIES = {
    "en": (
        "Hello,\n\nthis code shows you the bookings of {email}:\n\n{code}\n\nIt is good for {minutes} minutes. Type it "
        "where you asked for it:\n{link}\n\nNobody of ours will ever ask you for it. If you did not ask for it, you "
        "need do nothing: without the code nobody sees anything.\n"
    ),
    "zh-Hans": (
        "您好:\n\n使用此验证码可查看 {email} 的预订:\n\n{code}\n\n"
        "{minutes} 分钟内有效。请在索取验证码的页面输入:\n{link}\n\n"
        "我们绝不会向您索要此验证码。如非您本人操作,请忽略本邮件:没有验证码,任何人都看不到您的预订。\n"
    ),
}
