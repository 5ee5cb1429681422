"""Names in the scripts that documents are made in, and how to compare what was read of them."""

from __future__ import annotations

from collections import Counter
from unicodedata import normalize

NAMES = {
    "Persian": "علیرضا گلپایگانی پژمان",
    "Arabic": "محمد بن عبد الرَّحمٰن",
    "Kurdish": "دەوڵەت ڕۆژهەڵات",
    "Urdu": "ٹیپو سلطان ڈھاکہ",
    "Hebrew": "דוד כהן",
    "Hebrew with points": "דָּוִד בֶּן־גּוּרִיּוֹן",
    "Syriac": "ܝܘܚܢܢ ܡܪܝܡ",
    "Thaana": "މުޙައްމަދު",
    "Devanagari": "राजेन्द्र क्षत्रिय शर्मा",
    "Bengali": "শ্রী রবীন্দ্রনাথ ঠাকুর",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "Gujarati": "ક્ષત્રિય મહેતા",
    "Odia": "ଓଡ଼ିଆ କୃଷ୍ଣ",
    "Tamil": "தமிழ்ச்செல்வன்",
    "Telugu": "శ్రీనివాస్ కృష్ణ",
    "Kannada": "ಶ್ರೀನಿವಾಸ ಕೃಷ್ಣ",
    "Malayalam": "കൃഷ്ണൻ ശ്രീ",
    "Sinhala": "සුනිල් පෙරේරා",
    "Thai": "ธนพล ศรีสุวรรณ ปู่",
    "Lao": "ສົມຊາຍ ຢູ່",
    "Tibetan": "བཀྲ་ཤིས་སྒྲོལ་མ",
    "Burmese": "အောင်မြင့် ကြည်",
    "Ethiopic": "ሰላም ተስፋዬ",
    "Khmer": "ស្រីមុំ ខ្មែរ",
    "Chinese": "王小明 歐陽靜",
    "Japanese": "山田太郎 やまだ タロウ ザ",
    "Korean": "김철수 이영희",
    "Georgian": "გიორგი მაისურაძე",
    "Armenian": "Արմեն Սարգսյան",
    "Greek": "Γιάννης Παπαδόπουλος ᾆ",
    "Vietnamese": "Nguyễn Thị Hồng",
    "Yoruba": "Ọlá Ṣọ́lá Gbẹ̀mí",
    "stress and breve": "А́нна Ў ў е́ ю́",
    "signs": "★ Анна ♥ №1 → ½",
    "several": "Anna (אנה) 王 محمد 12",
}


def letters(text: str) -> Counter[str]:
    """Without brackets, which PDFium turns around while it reads."""
    return Counter(
        set_apart for set_apart in normalize("NFC", text) if not set_apart.isspace() and set_apart not in "()"
    )
