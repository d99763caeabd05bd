"""Words that people write into text fields, by what the field's name ends in."""

from random import Random

from ocr_service.models.fields import Characters, Field, FieldType

_WORDS: dict[str, tuple[str, ...]] = {
    "relation": ("妻", "夫", "子", "長男", "長女", "次男", "二女", "三男", "父", "母", "孫", "本人", "世帯主", "同居人", "祖母"),
    "employer": ("株式会社東都製作所", "（株）みどり商事", "あおば運輸株式会社", "サンプル電機（株）", "有限会社松本工務店", "社会福祉法人ひかり会", "区立第三小学校", "合同会社ノース", "株式会社ヤマテック", "医療法人社団清風会"),
    "bank": ("東都信用金庫", "あおば銀行", "中央みらい銀行", "ゆうちょ銀行", "城北信用組合", "日の出銀行", "第一さくら銀行", "多摩川信用金庫"),
    "branch": ("本店", "新宿支店", "大森駅前支店", "王子支店", "上野支店", "練馬中央支店", "蒲田", "錦糸町支店", "〇一八支店", "赤羽東口支店"),
    "insurer": ("全国健康保険協会東京支部", "関東電気健保組合", "東京土建国保組合", "出版健康保険組合", "〇〇市国民健康保険"),
    "symbol": ("12-345678", "東保 204", "7043-11", "国保 55-1209", "30180020", "第88号"),
    "reason": ("就職のため", "退職したため", "結婚のため", "親と同居するため", "転勤", "進学のため", "離婚のため"),
    "domicile": ("東京都北区王子一丁目1番", "新潟県長岡市大手通二丁目", "埼玉県川口市青木2丁目1番地", "長野県松本市丸の内3番", "千葉県市川市八幡一丁目1番地"),
    "organization": ("若葉町会", "さくら合唱団", "北コミュニティクラブ", "青空少年野球部", "手話サークルひまわり", "みどり俳句の会", "西口商店会", "NPO法人まちの灯", "第二中学校PTA", "シニア体操の会"),
    "purpose": ("合唱の練習", "町会の定例会議", "書道教室の開催", "子ども食堂の打合せ", "体操と交流会", "防災訓練の説明会", "作品展示会", "新年会", "将棋大会", "料理教室（親子20組）"),
    "room": ("大ホール", "第一会議室", "第2会議室", "和室", "音楽室", "調理室", "多目的室A", "体育室", "集会室"),
    "hours": ("9:00～12:00", "13:00～17:00", "18:00～21:30", "9時～11時", "14:30～16:00"),
    "item": ("マイク", "プロジェクター", "ピアノ", "折りたたみ椅子", "長机", "スクリーン", "譜面台", "卓球台", "音響設備"),
    "note": ("特になし", "車いす2台あり", "準備のため30分前に入室希望", "駐車場を1台使用", "子どもを含む", "電話は夕方に願います", "前回と同じ配置"),
    "email": ("info@example.jp", "sakura-c@example.com", "m.suzuki@example.ne.jp", "club2026@example.org"),
    "building": ("グリーンハイツ203", "メゾン桜 502号室", "コーポ若葉 101", "パークサイド3-1204", "第二みどり荘"),
    "position": ("会長", "代表", "部長", "理事長", "事務局長", "世話人"),
    "document": ("運転免許証", "個人番号カード", "旅券", "在留カード", "健康保険証"),
    "nationality": ("日本", "中国", "ネパール", "ベトナム", "韓国", "アメリカ"),
}  # fmt: skip


def words_for(field: Field, random: Random) -> str:
    """Something that fits the field's name, its class of characters and its longest length."""
    if field.type is FieldType.TEXT and field.characters == frozenset({Characters.DIGITS}):
        return "".join(str(random.randint(0, 9)) for _ in range(field.most or 6))
    last = field.name.rpartition(".")[2]
    words = next((words for key, words in _WORDS.items() if last.endswith(key)), _WORDS["note"])
    fitting = [word for word in words if not field.most or len(word) <= field.most]
    return random.choice(fitting or list(words))
