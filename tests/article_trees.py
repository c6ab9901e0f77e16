"""Small trees of articles on disk, from a dict of files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

CATEGORIES = """\
account:
  position: 0
  icon: user
  ar: {title: الحساب, summary: بيانات حسابك}
  en: {title: Account, summary: Your details}
orders:
  position: 1
  icon: package
  ar: {title: الطلبات, summary: طلباتك}
  en: {title: Orders, summary: What you bought}
"""

FRONT_MATTER = {
    "id": "reset-password",
    "title": "Reset your password",
    "summary": "How to get back in",
    "owner": "accounts-team",
    "updated": "2026-11-01",
    "questions": "[I forgot my password, cannot sign in, reset link]",
}
ARABIC_FRONT_MATTER = FRONT_MATTER | {
    "title": "استعادة كلمة المرور",  # recovering the password
    "summary": "خطوات الدخول إلى حسابك",  # steps of getting into your account
    "questions": "[نسيت الباسورد, ما اقدر ادخل حسابي, رابط الاستعادة]",
}
BODY = """\
Open the sign-in page and choose **Forgot password**.

## The message does not arrive

Look into the folder for unwanted messages.
"""
ARABIC_BODY = """\
افتح صفحة الدخول واختر **نسيت كلمة المرور**.

## لم تصل الرسالة

ابحث في مجلد الرسائل غير المرغوبة.
"""
EN, AR = "en/account/reset-password.md", "ar/account/reset-password.md"


def article(body: str = BODY, front: Mapping[str, str] = FRONT_MATTER, /, **changes: str | None) -> str:
    """Return an article's file; a change replaces or adds a key, None removes it.

    The keys stand on lines 2 to 7, the body starts on line 9, or later where keys were added.
    """
    values = {**front, **changes}
    lines = [f"{key}: {value}" for key, value in values.items() if value is not None]
    return "\n".join(["---", *lines, "---", body])


def valid_tree() -> dict[str, str | bytes]:
    """Return files without any fault: one article in both languages."""
    return {"categories.yaml": CATEGORIES, EN: article(), AR: article(ARABIC_BODY, ARABIC_FRONT_MATTER)}


def write_tree(root: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """Write files below a directory and return it; None leaves a file out."""
    for name, content in files.items():
        if content is None:
            continue
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root
