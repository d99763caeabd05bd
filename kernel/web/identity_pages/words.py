"""What roles, actions and scopes are called. Msgids, translated where they are shown."""

from collections.abc import Mapping

from kernel.identity.models import Role, Scope
from kernel.identity.permissions import Action
from kernel.web.translations import N_

ROLE_NAMES: Mapping[Role, str] = {
    Role.READER: N_("閲覧者"),
    Role.CONTRIBUTOR: N_("投稿者"),
    Role.REVIEWER: N_("確認者"),
    Role.OPERATOR: N_("運用担当"),
    Role.AUDITOR: N_("監査担当"),
    Role.ADMINISTRATOR: N_("管理者"),
}
ROLE_PURPOSES: Mapping[Role, str] = {
    Role.READER: N_("知識を探して読みます。"),
    Role.CONTRIBUTOR: N_(
        "知識の下書きを書き、更新予定のものを団体のあいだで早めに共有します。帳票を読み取り、結果を確かめます。"
    ),
    Role.REVIEWER: N_(
        "下書きを確かめて公開し、一般（住民を含む）に見せるものを決め、不要なものを保管・削除します。"
        "帳票の様式を作り、確認作業をまとめます。"
    ),
    Role.OPERATOR: N_("資料の取り込みや、検索の仕組みの手入れをします。"),
    Role.AUDITOR: N_("だれが何をしたかの記録を確かめます。"),
    Role.ADMINISTRATOR: N_("利用者を招待し、役割を決めます。帳票の保存期間を決めます。"),
}
ACTION_NAMES: Mapping[Action, str] = {
    Action.ENTRY_READ: N_("知識を探して読む"),
    Action.ENTRY_WRITE: N_(
        "下書きを書き、更新予定の知識を団体のあいだで共有する（未公開の下書きの削除を含む）"
    ),
    Action.ENTRY_PUBLISH: N_("公開する・一般（住民を含む）に見せる・保管する"),
    Action.ENTRY_DELETE: N_("共有・公開した知識を削除する"),
    Action.IMPORT: N_("資料をまとめて取り込む"),
    Action.INDEX_MANAGE: N_("検索の索引を作り直す・言葉の意味を学習させる"),
    Action.OPERATIONS_READ: N_("処理状況を見る"),
    Action.USER_MANAGE: N_("利用者を管理する"),
    Action.AUDIT_READ: N_("監査記録を見る"),
    Action.FORM_READ: N_("読み取った帳票とその結果を見る"),
    Action.FORM_RUN: N_("帳票を取り込む・読み取りを一時停止・再開・中止する"),
    Action.FORM_VERIFY: N_("読み取り結果を確認・修正する"),
    Action.FORM_EXPORT: N_("読み取り結果を出力する"),
    Action.FORM_TEMPLATE: N_("帳票の様式を作る・公開する・ほかの区と共有する"),
    Action.FORM_LEAD: N_("確認作業の速さと一致率を見る（ほかの担当者の分を含む）"),
    Action.FORM_POLICY: N_("帳票の保存期間と取り込みフォルダーを決める"),
    Action.TOKEN_OWN: N_("自分のAPIトークンを作る"),
}
SCOPE_NAMES: Mapping[Scope, str] = {
    Scope.READ: N_("読む"),
    Scope.WRITE: N_("書く"),
    Scope.ADMIN: N_("管理する"),
}
SCOPE_PURPOSES: Mapping[Scope, str] = {
    Scope.READ: N_("知識を検索し、読むことができます。帳票の読み取り結果を見て、出力することができます。"),
    Scope.WRITE: N_("知識の作成・更新・公開・削除、資料の取り込み、帳票の読み取りと確認ができます。"),
    Scope.ADMIN: N_("利用者の管理、監査記録の閲覧、検索の手入れ、トークンの作成ができます。"),
}
AUDIT_NAMES: Mapping[str, str] = {
    "login.success": N_("ログインした"),
    "login.failure": N_("ログインに失敗した"),
    "login.locked": N_("ロック中にログインしようとした"),
    "logout": N_("ログアウトした"),
    "password.change": N_("パスワードを変更した"),
    "token.create": N_("APIトークンを作った"),
    "token.revoke": N_("APIトークンを取り消した"),
    "user.create": N_("利用者を追加した"),
    "user.reset": N_("パスワードを再発行した"),
    "user.deactivate": N_("利用を停止した"),
    "user.reactivate": N_("利用を再開した"),
    "user.unlock": N_("ロックを解除した"),
    "user.roles": N_("役割を変更した"),
    "entry.created": N_("知識を作成した"),
    "entry.saved": N_("知識を保存した"),
    "entry.restored": N_("知識を前の版に戻した"),
    "entry.deleted": N_("知識を削除した"),
    "entry.undeleted": N_("知識の削除を取り消した"),
    "attachment.added": N_("添付ファイルを追加した"),
    "attachment.removed": N_("添付ファイルを削除した"),
    "batch.created": N_("帳票の束を登録した"),
    "batch.filed": N_("帳票の束にファイルを追加した"),
    "batch.changed": N_("帳票の束の設定を変更した"),
    "batch.paused": N_("帳票の読み取りを一時停止した"),
    "batch.resumed": N_("帳票の読み取りを再開した"),
    "batch.cancelled": N_("帳票の読み取りを中止した"),
    "batch.closed": N_("帳票の束の確認を終えた"),
    "batch.reopened": N_("帳票の束の確認に戻した"),
    "batch.viewed": N_("帳票の読み取り結果を見た"),
    "batch.exported": N_("帳票の読み取り結果を出力した"),
    "batch.erased": N_("帳票の画像と値を消去した"),
    "page.assigned": N_("ページの様式を指定した"),
    "page.dropped": N_("ページを対象から外した"),
    "page.restored": N_("外したページを対象に戻した"),
    "field.decided": N_("項目の値を確認した"),
    "field.undone": N_("項目の確認を取り消した"),
    "template.saved": N_("帳票の様式を保存した"),
    "template.published": N_("帳票の様式を公開した"),
    "template.yanked": N_("帳票の様式の版を取り下げた"),
    "template.shared": N_("帳票の様式の共有範囲を変更した"),
    "template.imported": N_("帳票の様式を取り込んだ"),
    "template.archived": N_("帳票の様式を一覧から外した"),
    "export_profile.saved": N_("帳票の出力の設定を保存した"),
    "export_profile.removed": N_("帳票の出力の設定を削除した"),
    "document.added": N_("様式のない文書を渡した"),
    "document.erased": N_("様式のない文書と結果を消去した"),
    "form_policy.changed": N_("帳票の保存期間・取り込みフォルダーを変更した"),
    "key.created": N_("署名の鍵を登録した"),
    "key.revoked": N_("署名の鍵を失効させた"),
    "index.rebuild": N_("検索の索引の作り直しを始めた"),
    "model.learn": N_("言葉の意味の学習を始めた"),
    "model.rollback": N_("言葉の意味のモデルをひとつ前に戻した"),
}
