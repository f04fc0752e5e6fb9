"""Currencies: the signs and codes in front of an amount, and the words behind one, in the languages that are read.

A sign that several currencies use stands for itself here (``$``, ``¥``, ``元``): the document says which is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Code, what one is in USD (near enough for bounds), signs in front of a number, words behind one (``_`` is a blank).
_ROWS: tuple[tuple[str, float, str, str], ...] = (
    ("$", 1, "$", "$"),
    ("USD", 1, "US$ U.S.$ USD US-$ U$S U$ $US USD_$ US_$",
     "dollar dollars usd bucks us$ dólares dólar dollari dollaro dolarów dolary dolara dolarlik dolar dolarů dolari "
     "dolardan doların dollár долларов доллара доллар доллары долл доларів δολάρια "  # noqa: RUF001
     "刀 美刀 美元 美金 米ドル ドル 달러 डॉलर"),
    ("EUR", 1.1, "€ EUR EUR€", "euro euros eur € eura euró евро євро 欧元 歐元 ユーロ 유로 यूरो"),
    ("GBP", 1.3, "£ GBP UK£", "pounds pound sterling gbp £ фунтов 英镑 英鎊 ポンド 파운드"),
    ("CNY", 0.14, "CNY RMB RMB¥ CN¥ CNH 人民币 人民幣",
     "yuan yuans yuanes rmb renminbi cny юаней юаня юань 元人民币 元人民幣 块钱 人民币 人民幣 人民元 위안 युआन"),
    ("元", 0.14, "", "元"),
    ("JPY", 0.007, "JPY JP¥", "yen yens jpy иен 日元 円 엔"),
    ("¥", 0.007, "¥", "¥"),
    ("INR", 0.012, "₹ INR Rs Rs. RS", "rupees rupee inr रुपये रुपए रुपया ₹"),
    ("KRW", 0.0008, "₩ KRW", "won wons krw вон 韩元 韓元 ウォン 원"),
    ("TWD", 0.03, "NT$ TWD NTD 新台币 新台幣 台币 台幣 新臺幣", "taiwan_dollars nt_dollars twd 新台幣 新台币 台幣"),
    ("HKD", 0.13, "HK$ HKD 港币 港幣", "hong_kong_dollars hkd 港元 港币 港幣"),
    ("SGD", 0.78, "S$ SG$ SGD", "singapore_dollars sgd 新元"),
    ("CAD", 0.72, "C$ CA$ CAD CAD$", "canadian_dollars cad dollars_canadiens"),
    ("AUD", 0.65, "A$ AU$ AUD", "australian_dollars aud 澳元"),
    ("NZD", 0.6, "NZ$ NZD", "new_zealand_dollars nzd"),
    ("BRL", 0.18, "R$ BRL", "reais brl real_brasileiro"),
    ("MXN", 0.055, "MX$ MXN Mex$", "mexican_pesos pesos_mexicanos mxn"),
    ("CHF", 1.15, "CHF SFr", "francs_suisses swiss_francs francs francos franken chf 瑞士法郎"),
    ("SEK", 0.1, "SEK", "kronor swedish_kronor svenska_kronor"),
    ("DKK", 0.15, "DKK", "danish_kroner danske_kroner dkk"),
    ("NOK", 0.1, "NOK", "norwegian_kroner norske_kroner nok"),
    ("kr", 0.1, "", "kroner kr"),
    ("PLN", 0.26, "PLN", "złotych złotego złote złotys zlotys zloty zł pln"),
    ("CZK", 0.045, "CZK", "korun koruna koruny crowns czk kč"),
    ("HUF", 0.0028, "HUF", "forint forints huf"),
    ("RUB", 0.012, "₽ RUB", "рублей рубля рубль рубли руб ₽ rubles roubles ruble rub"),  # noqa: RUF001
    ("UAH", 0.024, "₴ UAH", "гривень грн hryvnias hryvnia uah"),
    ("TRY", 0.03, "₺ TRY", "liras lira liralik"),
    ("ILS", 0.28, "₪ NIS ILS", "shekels shekel"),
    ("AED", 0.27, "AED Dhs", "dirhams dirham aed"),
    ("SAR", 0.27, "SAR", "saudi_riyals riyals riyal"),
    ("QAR", 0.27, "QAR QR", "qatari_riyals"),
    ("EGP", 0.02, "EGP", "egyptian_pounds egp"),
    ("NGN", 0.0007, "₦ NGN", "naira"),
    ("KES", 0.0077, "KES Ksh KSh KSH Kshs Sh", "kenyan_shillings shillings"),
    ("ZAR", 0.055, "ZAR", "rand rands zar"),
    ("THB", 0.03, "฿ THB", "baht thb บาท"),
    ("IDR", 0.00006, "IDR Rp Rp.", "rupiah idr"),
    ("MYR", 0.23, "RM MYR", "ringgit myr"),
    ("VND", 0.00004, "₫ VND", "vnd đồng"),
    ("PHP", 0.017, "₱", "philippine_pesos"),
    ("PKR", 0.0036, "PKR", "pakistani_rupees pkr"),
    ("BDT", 0.0082, "BDT Tk", "taka bdt"),
    ("KZT", 0.002, "₸ KZT", "тенге tenge kzt"),
)  # fmt: skip
# Hundredths, which prices are printed in.
_CENTS: tuple[tuple[str, str], ...] = (
    ("USD", "cents cent ¢ us_cents centów 美分 センント центов цента"), ("EUR", "centimes euro_cents cent_d'euro"),
    ("GBP", "pence"), ("INR", "paise"),
)  # fmt: skip
_TENTHS = (("CNY", "毛钱 角钱"),)  # of a yuan


def _listed(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {word.replace("_", " "): code for code, words in rows for word in words.split()}


IN_USD = {code: rate for code, rate, _, _ in _ROWS}
"""What one of each currency is, near enough for bounds."""
SIGNS = _listed((code, signs) for code, _, signs, _ in _ROWS)
"""Currency by the sign or code in front of a number."""
WORDS = {
    **{word: (code, 1.0) for word, code in _listed((code, words) for code, _, _, words in _ROWS).items()},
    **{word: (code, 0.01) for word, code in _listed(_CENTS).items()},
    **{word: (code, 0.1) for word, code in _listed(_TENTHS).items()},
}
"""Currency by the word behind a number, lower-case, and how much of one it stands for."""
SIGN = "|".join(sorted(map(re.escape, SIGNS), key=len, reverse=True))
"""Any sign, as a pattern."""
DOLLARS = ("SGD", "CAD", "AUD", "NZD", "HKD", "TWD")
"""Currencies whose amounts are printed with a bare sign of dollars at home."""
DOUBTFUL = frozenset(["won", "kr"])
"""Words that mean other things too: no amounts behind a bare number ("in 2023 won")."""
